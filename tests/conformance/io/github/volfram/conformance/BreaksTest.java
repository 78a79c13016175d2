package io.github.volfram.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketServer;
import io.github.volfram.testing.AcceptKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A peer that breaks off, by a RST or the end of its stream, after every byte it might send. */
@Timeout(300)
class BreaksTest {

  /** How the peer goes. */
  enum Break {
    RST,
    FIN
  }

  static Stream<Arguments> breaks() {
    return Backends.ALL.stream()
        .flatMap(backend -> Arrays.stream(Break.values()).map(how -> Arguments.of(backend, how)));
  }

  private static void leave(Socket socket, Break how) throws IOException {
    if (how == Break.RST) {
      socket.setSoLinger(true, 0);
    } else {
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes();
    }
    socket.close();
  }

  private static byte[] frames(RawPeer peer) {
    return peer.frame(Case.TEXT, Case.utf8("hello"))
        .frame(Case.FIRST_BINARY, new byte[130])
        .frame(Case.PING, Case.utf8("p"))
        .frame(Case.LAST, new byte[3])
        .frame(Case.CLOSE, Case.closeBody(1000, "bye"))
        .unsentBytes();
  }

  @ParameterizedTest
  @MethodSource("breaks")
  void serverOutlivesAPeerThatBreaksOffAtAnyByte_7_1_5(Backend backend, Break how)
      throws Exception {
    Results.note(
        "RFC 6455 7.1.5",
        "outlives a " + how + " after any byte",
        "server",
        backend,
        () -> serverOutlivesAPeerThatBreaksOffAtAnyByte(backend, how));
  }

  private static void serverOutlivesAPeerThatBreaksOffAtAnyByte(Backend backend, Break how)
      throws Exception {
    Testee testee = new Testee();
    ServerOptions options = ServerOptions.builder().backend(backend).build();
    try (WebSocketServer server = WebSocketServer.start(options, testee);
        RawPeer bystander = RawPeer.connect(server.port(), "")) {
      testee.assertOpened();
      String request = RawPeer.request("");
      byte[] head = request.getBytes(StandardCharsets.US_ASCII);
      for (int bytes = 0; bytes < head.length; bytes++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.getOutputStream().write(head, 0, bytes);
        leave(socket, how);
      }
      answers(bystander);
      assertEquals(0, testee.pending(), "an incomplete request called the listener");

      byte[] frames = frames(bystander);
      bystander.clear();
      for (int bytes = 0; bytes <= frames.length; bytes++) {
        RawPeer peer = RawPeer.connect(server.port(), "");
        peer.write(Arrays.copyOf(frames, bytes));
        if (how == Break.RST) {
          peer.reset();
        } else {
          peer.endOutput();
          peer.drain();
          peer.close();
        }
      }
      endedOnceEach(testee, frames.length + 1);
      answers(bystander);
      while (server.connectionCount() > 1) { // those that never sent a whole request
        answers(bystander);
      }
      assertEquals(0, testee.pending());
    }
  }

  /** As many connections have begun as have ended, each by its close frame or by the break. */
  private static void endedOnceEach(Testee testee, int connections) throws InterruptedException {
    int opened = 0;
    int ended = 0;
    while (opened + ended < 2 * connections) {
      String event = testee.next();
      if (event.equals("open")) {
        opened++;
      } else {
        assertTrue(event.equals("end 1000 clean") || event.startsWith("end 1006 "), event);
        ended++;
      }
    }
    assertEquals(connections, opened);
    assertEquals(connections, ended);
  }

  private static void answers(RawPeer bystander) throws IOException {
    bystander.frame(Case.PING, Case.utf8("there?")).flush(0);
    assertEquals(Events.pong(Case.utf8("there?")), bystander.next());
  }

  @ParameterizedTest
  @MethodSource("breaks")
  void clientOutlivesAPeerThatBreaksOffAtAnyByte_7_1_5(Backend backend, Break how)
      throws Exception {
    Results.note(
        "RFC 6455 7.1.5",
        "outlives a " + how + " after any byte",
        "client",
        backend,
        () -> clientOutlivesAPeerThatBreaksOffAtAnyByte(backend, how));
  }

  private static void clientOutlivesAPeerThatBreaksOffAtAnyByte(Backend backend, Break how)
      throws Exception {
    Testee testee = new Testee();
    try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        WebSocketClient client =
            WebSocketClient.create(ClientOptions.builder().backend(backend).build())) {
      URI uri = URI.create("ws://127.0.0.1:" + listener.getLocalPort() + "/");
      int length = Integer.MAX_VALUE;
      int opened = 0;
      for (int bytes = 0; bytes <= length; bytes++) {
        CompletableFuture<WebSocket> connecting = client.connect(uri, testee);
        RawPeer peer = RawPeer.acceptWithoutAnswer(listener);
        String accept = AcceptKey.of(peer.header("Sec-WebSocket-Key"));
        String head = RawPeer.response("").replace("ACCEPT", accept);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        all.writeBytes(frames(peer));
        length = all.size();
        peer.write(Arrays.copyOf(all.toByteArray(), bytes));
        if (how == Break.FIN) {
          peer.close();
        } else {
          peer.reset();
        }
        if (bytes < head.length()) {
          Throwable failure =
              assertThrows(ExecutionException.class, () -> connecting.get(20, TimeUnit.SECONDS))
                  .getCause();
          assertTrue(failure instanceof IOException, failure::toString);
          assertEquals(0, testee.pending());
        } else if (opens(connecting)) {
          testee.assertOpened();
          String end = testee.next();
          assertTrue(end.equals("end 1000 clean") || end.startsWith("end 1006 "), end);
          opened++;
        }
      }
      assertTrue(how == Break.RST || opened > 0); // a RST may overtake all that was sent
      assertEquals(0, testee.pending());
      assertEquals(0, client.connectionCount());
    }
  }

  private static boolean opens(CompletableFuture<WebSocket> connecting) throws Exception {
    try {
      connecting.get(20, TimeUnit.SECONDS);
      return true;
    } catch (ExecutionException e) {
      assertTrue(e.getCause() instanceof IOException, e::toString);
      return false;
    }
  }
}
