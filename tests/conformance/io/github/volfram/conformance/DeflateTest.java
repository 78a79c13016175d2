package io.github.volfram.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.ClientOptions;
import io.github.volfram.DeflateOptions;
import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketListener;
import io.github.volfram.WebSocketServer;
import io.github.volfram.internal.frame.StrictInflater;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What Autobahn's sections 12 and 13 test: compressed echoes of many sizes and kinds, whole and in
 * fragments, for each set of parameters of RFC 7692 §7.1. Every echo is compared byte by byte.
 */
@Timeout(3600)
class DeflateTest {

  private static final int MESSAGES = Integer.getInteger("volfram.conformance.messages", 20);

  /** Where an inflater of ours, slow and strict, has to follow. */
  private static final int STRICT_MESSAGES = Math.max(2, MESSAGES / 50);

  private static final DeflateOptions ANY = DeflateOptions.DEFAULT.withThresholdBytes(0);

  /** One of the eighteen cases of a group: the size of a message, and of its fragments or 0. */
  private record Size(int bytes, int fragmentBytes) {
    @Override
    public String toString() {
      return bytes + " bytes" + (fragmentBytes == 0 ? "" : " in fragments of " + fragmentBytes);
    }
  }

  private static final List<Size> SIZES = sizes();

  private static List<Size> sizes() {
    List<Size> sizes = new ArrayList<>();
    for (int bytes : new int[] {16, 64, 256, 1024, 4096}) {
      sizes.add(new Size(bytes, 0));
    }
    for (int fragment : new int[] {0, 256}) {
      for (int kib = 8; kib <= 128; kib *= 2) {
        sizes.add(new Size(kib << 10, fragment));
      }
    }
    for (int fragment : new int[] {1024, 4096, 32768}) {
      sizes.add(new Size(128 << 10, fragment));
    }
    return sizes;
  }

  /** A group of Autobahn's: what is offered there, and what is sent. */
  private record Group(
      String id, String offer, String answer, DeflateOptions client, Content data) {
    @Override
    public String toString() {
      return id + " " + data + ", " + offer;
    }
  }

  private static final String OFFER =
      "permessage-deflate; client_no_context_takeover; client_max_window_bits";
  private static final String TAKEOVER = "; server_no_context_takeover";
  private static final String BITS_9 = "; server_max_window_bits=9";
  private static final String BITS_15 = "; server_max_window_bits=15";
  private static final String ANSWER = "permessage-deflate";
  private static final String CLIENT_TAKEOVER = "; client_no_context_takeover";

  private static DeflateOptions options(boolean serverNoContextTakeover, int serverBits) {
    return new DeflateOptions(6, 0, serverNoContextTakeover, true, serverBits, 15, 1024);
  }

  private static final List<Group> GROUPS =
      List.of(
          group("12.1", "", false, 15, Content.JSON),
          group("12.2", "", false, 15, Content.RANDOM),
          group("12.3", "", false, 15, Content.TEXT),
          group("13.1", "", false, 15, Content.JSON),
          group("13.2", TAKEOVER, true, 15, Content.JSON),
          group("13.3", BITS_9, false, 9, Content.JSON),
          group("13.4", BITS_15, false, 15, Content.JSON),
          group("13.5", TAKEOVER + BITS_9, true, 9, Content.JSON),
          group("13.6", TAKEOVER + BITS_15, true, 15, Content.JSON),
          new Group(
              "13.7",
              OFFER + TAKEOVER + BITS_9 + ", " + OFFER + TAKEOVER + ", " + OFFER,
              ANSWER + TAKEOVER + CLIENT_TAKEOVER + BITS_9,
              options(true, 9),
              Content.JSON));

  private static Group group(
      String id, String parameters, boolean takeover, int bits, Content content) {
    String answer =
        ANSWER
            + (takeover ? TAKEOVER : "")
            + CLIENT_TAKEOVER
            + (parameters.endsWith(BITS_9) ? BITS_9 : "")
            + (parameters.endsWith(BITS_15) ? BITS_15 : "");
    return new Group(id, OFFER + parameters, answer, options(takeover, bits), content);
  }

  static Stream<Arguments> groups() {
    return GROUPS.stream()
        .flatMap(group -> Backends.ALL.stream().map(backend -> Arguments.of(backend, group)));
  }

  private static WebSocketServer server(Backend backend) throws IOException {
    return WebSocketServer.start(
        ServerOptions.builder().backend(backend).deflate(ANY).build(), new Testee());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("groups")
  void ourClientGetsFromOurServerWhatItSent_12_13(Backend backend, Group group) throws Exception {
    ClientOptions options =
        ClientOptions.builder().backend(backend).deflate(group.client()).build();
    try (WebSocketServer server = server(backend);
        WebSocketClient client = WebSocketClient.create(options)) {
      URI uri = URI.create("ws://127.0.0.1:" + server.port() + "/");
      List<Sender> senders = new ArrayList<>(); // all at the same time
      for (Size size : SIZES) {
        // A short run has fewer of the long ones, or these would take nearly all of its time.
        int messages = MESSAGES < 1000 && size.bytes() > 16384 ? MESSAGES / 5 : MESSAGES;
        Sender sender = new Sender(group.data(), size, messages);
        senders.add(sender);
        client.connect(uri, sender);
      }
      for (int i = 0; i < senders.size(); i++) {
        Sender sender = senders.get(i);
        Results.note(
            group.id() + "." + (i + 1),
            "echoes compressed " + group.data() + ", " + sender.size,
            "both",
            backend,
            () -> sender.done.get(30, TimeUnit.MINUTES));
      }
    }
  }

  /** Sends the next message when the last one has come back. */
  private static final class Sender implements WebSocketListener {

    final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Content data;
    private final Size size;
    private final int messages;
    private int sent;

    Sender(Content data, Size size, int messages) {
      this.data = data;
      this.size = size;
      this.messages = messages;
    }

    @Override
    public void onOpen(WebSocket webSocket) {
      send(webSocket);
    }

    private void send(WebSocket webSocket) {
      if (sent == messages) {
        webSocket.close();
        return;
      }
      ByteBuffer message = data.message(sent++, size.bytes());
      boolean taken = true;
      if (size.fragmentBytes() == 0) {
        taken = data.isText() ? webSocket.offerTextUtf8(message) : webSocket.offerBinary(message);
      } else {
        int end = message.limit();
        while (taken && message.position() < end) {
          int next = Math.min(end, message.position() + size.fragmentBytes());
          ByteBuffer part = message.duplicate().limit(next);
          message.position(next);
          taken =
              data.isText()
                  ? webSocket.offerTextPart(part, next == end)
                  : webSocket.offerBinaryPart(part, next == end);
        }
      }
      assertTrue(taken, "message " + sent);
    }

    @Override
    public void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
      received(webSocket, utf8, true);
    }

    @Override
    public void onBinary(WebSocket webSocket, ByteBuffer payload) {
      received(webSocket, payload, false);
    }

    private void received(WebSocket webSocket, ByteBuffer echo, boolean text) {
      assertEquals(data.isText(), text);
      assertEquals(data.message(sent - 1, size.bytes()), echo);
      send(webSocket);
    }

    @Override
    public void onClose(WebSocket webSocket, int code, String reason, Throwable cause) {
      if (cause == null && code == 1000) {
        done.complete(null);
      } else {
        done.completeExceptionally(new IOException(code + " " + reason, cause));
      }
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("groups")
  void ourServerKeepsToTheOffer_13(Backend backend, Group group) throws Exception {
    try (WebSocketServer server = server(backend);
        RawPeer peer = RawPeer.connect(server.port(), group.offer())) {
      assertEquals(group.answer(), peer.header("Sec-WebSocket-Extensions"));
      Results.note(
          group.id(),
          "answers " + group.offer() + " and keeps to it",
          "server",
          backend,
          () -> exchange(peer, group.answer(), "server", group.data()));
    }
  }

  static Stream<Arguments> answers() {
    return Stream.of(
            "",
            TAKEOVER,
            CLIENT_TAKEOVER,
            BITS_9,
            "; client_max_window_bits=9",
            "; client_max_window_bits=8",
            TAKEOVER + CLIENT_TAKEOVER + BITS_9 + "; client_max_window_bits=10")
        .flatMap(
            parameters ->
                Backends.ALL.stream()
                    .map(backend -> Arguments.of(backend, "permessage-deflate" + parameters)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("answers")
  void ourClientKeepsToTheAnswer_13(Backend backend, String answer) throws Exception {
    ClientOptions options = ClientOptions.builder().backend(backend).deflate(ANY).build();
    try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        WebSocketClient client = WebSocketClient.create(options)) {
      client.connect(URI.create("ws://127.0.0.1:" + listener.getLocalPort() + "/"), new Testee());
      try (RawPeer peer = RawPeer.accept(listener, answer)) {
        assertEquals(
            "permessage-deflate; client_max_window_bits", peer.header("Sec-WebSocket-Extensions"));
        Results.note(
            "13",
            "keeps to the answer " + answer,
            "client",
            backend,
            () -> exchange(peer, answer, "client", Content.JSON));
      }
    }
  }

  /** Echoes of every size, inflated by a judge who knows the window that was agreed for it. */
  private static void exchange(RawPeer peer, String agreed, String endpoint, Content data)
      throws IOException {
    String bits = endpoint + "_max_window_bits=";
    int at = agreed.indexOf(bits);
    int windowBits =
        at < 0 ? 15 : Integer.parseInt(agreed.substring(at + bits.length()).split(";")[0]);
    boolean takeover = !agreed.contains(endpoint + "_no_context_takeover");
    StrictInflater judge = new StrictInflater(windowBits, takeover);
    peer.inflateWith(judge::message);
    int opcode = data.isText() ? Case.FIRST_TEXT : Case.FIRST_BINARY;
    for (Size size : SIZES) {
      for (int i = 0; i < STRICT_MESSAGES; i++) {
        byte[] message = new byte[size.bytes()];
        data.message(i, size.bytes()).get(message);
        byte[] compressed = OwnCases.deflated(message);
        int fragment = size.fragmentBytes() == 0 ? compressed.length : size.fragmentBytes();
        for (int from = 0; from < compressed.length; from += fragment) {
          int to = Math.min(compressed.length, from + fragment);
          peer.frame(
              (from == 0 ? opcode | RawPeer.RSV1 : 0) | (to == compressed.length ? 0x80 : 0),
              Arrays.copyOfRange(compressed, from, to));
        }
        peer.flush(0);
        assertEquals(data.isText() ? Events.text(message) : Events.binary(message), peer.next());
      }
    }
    peer.frame(Case.CLOSE, Case.closeBody(1000, "")).flush(0);
    assertEquals("close 1000", peer.next());
  }
}
