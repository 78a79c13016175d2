package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.CloseCode;
import io.github.volfram.ReconnectOptions;
import io.github.volfram.ReconnectingWebSocket;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketListener;
import io.github.volfram.interop.Peers;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reconnecting clients of a server whose process is killed. */
@Timeout(600)
class KilledServerTest {

  private static final int KILLS = 20;

  /** A client of one backend, and what it hears. */
  private static final class Client implements WebSocketListener, AutoCloseable {
    final WebSocketClient client;
    final ReconnectingWebSocket lasting;
    final BlockingQueue<WebSocket> opened = new LinkedBlockingQueue<>();
    final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    final BlockingQueue<Integer> codes = new LinkedBlockingQueue<>();

    Client(Backend backend, URI uri) {
      client = WebSocketClient.create(ClientOptions.builder().backend(backend).build());
      ReconnectOptions soon =
          ReconnectOptions.builder()
              .initialDelay(Duration.ofMillis(20))
              .maxDelay(Duration.ofMillis(200))
              .build();
      lasting = client.connectReconnecting(uri, this, soon);
    }

    @Override
    public void onOpen(WebSocket webSocket) {
      opened.add(webSocket);
    }

    @Override
    public void onText(WebSocket webSocket, String text) {
      texts.add(text);
    }

    @Override
    public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
      codes.add(code);
    }

    static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
      T next = queue.poll(60, TimeUnit.SECONDS);
      assertNotNull(next);
      return next;
    }

    void expectEcho(String text) throws InterruptedException {
      WebSocket webSocket = next(opened);
      assertTrue(webSocket.offerText(text));
      assertEquals(text, next(texts));
    }

    @Override
    public void close() {
      client.close();
    }
  }

  @Test
  void aServerThatIsKilledTwentyTimesIsFoundAgain() throws Exception {
    Peers.require(Backend.NATIVE);
    List<Client> clients = new ArrayList<>();
    CliProcess server = CliProcess.start("echo", "--port=0", "--backend=native");
    try {
      String authority = server.authority();
      String port = "--port=" + authority.substring(authority.indexOf(':') + 1);
      for (Backend backend : List.of(Backend.NATIVE, Backend.NIO)) {
        clients.add(new Client(backend, URI.create("ws://" + authority + "/")));
      }
      for (int kill = 1; kill <= KILLS; kill++) {
        for (Client client : clients) {
          client.expectEcho("before kill " + kill);
        }
        server.close();
        server.exitCode(); // it is gone
        for (Client client : clients) {
          assertEquals(CloseCode.ABNORMAL_CLOSURE, Client.next(client.codes));
        }
        String backend = kill % 2 == 0 ? "--backend=native" : "--backend=nio";
        server = CliProcess.start("echo", port, backend);
      }
      for (Client client : clients) {
        client.expectEcho("after the last");
        client.lasting.close();
        client.lasting.stopped().get(60, TimeUnit.SECONDS);
        assertEquals(CloseCode.NORMAL_CLOSURE, Client.next(client.codes));
        assertTrue(client.opened.isEmpty(), "no connection was made in vain");
      }
    } finally {
      clients.forEach(Client::close);
      server.close();
    }
  }
}
