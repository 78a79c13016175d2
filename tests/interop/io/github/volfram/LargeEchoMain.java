package io.github.volfram;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Sends one long message in parts to an echo that sends each part back, and compares: {@code
 * LargeEchoMain native|nio|stream BYTES}. It is run in a small heap of its own.
 */
final class LargeEchoMain {

  /** How much each side lets wait for the other. */
  private static final int BUFFERED_BYTES = 1 << 20;

  private static final int PART_BYTES = 60_000;

  private LargeEchoMain() {}

  public static void main(String[] arguments) throws Exception {
    long bytes = Long.parseLong(arguments[1]);
    Message message = new Message(bytes);
    if (arguments[0].equals("stream")) {
      overStreams(message);
    } else {
      overLoops(Backend.valueOf(arguments[0].toUpperCase(java.util.Locale.ROOT)), message);
    }
    System.out.println(message.verdict());
  }

  /** What is sent, and what came back of it. */
  private static final class Message {
    private final byte[] source = new byte[PART_BYTES + 251];
    private final long bytes;
    private final CRC32C sentSum = new CRC32C();
    private final CRC32C receivedSum = new CRC32C();
    private long sent;
    private long received;
    private long parts;
    private int longest;

    Message(long bytes) {
      this.bytes = bytes;
      new Random(bytes).nextBytes(source);
    }

    boolean isSent() {
      return sent == bytes;
    }

    /** The next part; no two that follow each other are the same. */
    ByteBuffer next() {
      int length = (int) Math.min(PART_BYTES, bytes - sent);
      return ByteBuffer.wrap(source, (int) (sent / PART_BYTES % 251), length);
    }

    boolean isLast(ByteBuffer part) {
      return sent + part.remaining() == bytes;
    }

    void taken(ByteBuffer part) {
      sent += part.remaining();
      sentSum.update(part.duplicate());
    }

    /** Returns whether it is complete. */
    boolean receive(ByteBuffer part, boolean last) {
      received += part.remaining();
      longest = Math.max(longest, part.remaining());
      parts++;
      receivedSum.update(part.duplicate());
      return last;
    }

    String verdict() {
      if (received != bytes || !isSent() || sentSum.getValue() != receivedSum.getValue()) {
        return "sent " + sent + ", received " + received + " bytes that are not the same";
      }
      return longest > 1 << 20 ? "a part had " + longest + " bytes" : "echoed " + received;
    }
  }

  /** Sends parts back, and reads no more while the peer does not. */
  private static final class PartEcho implements WebSocketPartListener {
    @Override
    public void onTextPart(WebSocket webSocket, ByteBuffer utf8, boolean last) {
      throw new IllegalStateException("text was not sent");
    }

    @Override
    public void onBinaryPart(WebSocket webSocket, ByteBuffer payload, boolean last) {
      if (!webSocket.offerBinaryPart(payload, last)) {
        throw new IllegalStateException("full at " + webSocket.bufferedBytes());
      }
      if (webSocket.bufferedBytes() > BUFFERED_BYTES) {
        webSocket.pauseReading();
      }
    }

    @Override
    public void onDrained(WebSocket webSocket) {
      webSocket.resumeReading();
    }
  }

  private static void overLoops(Backend backend, Message message) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    WebSocketPartListener client =
        new WebSocketPartListener() {
          @Override
          public void onOpen(WebSocket webSocket) {
            send(webSocket);
          }

          @Override
          public void onDrained(WebSocket webSocket) {
            send(webSocket);
          }

          private void send(WebSocket webSocket) {
            while (!message.isSent() && webSocket.bufferedBytes() <= BUFFERED_BYTES) {
              ByteBuffer part = message.next();
              if (!webSocket.offerBinaryPart(part, message.isLast(part))) {
                throw new IllegalStateException("full at " + webSocket.bufferedBytes());
              }
              message.taken(part);
            }
          }

          @Override
          public void onTextPart(WebSocket webSocket, ByteBuffer utf8, boolean last) {
            done.completeExceptionally(new IllegalStateException("text was not sent"));
          }

          @Override
          public void onBinaryPart(WebSocket webSocket, ByteBuffer payload, boolean last) {
            if (message.receive(payload, last)) {
              done.complete(null);
            }
          }

          @Override
          public void onClose(
              WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
            done.completeExceptionally(new IOException("closed with " + code, cause));
          }
        };
    ServerOptions serverOptions =
        ServerOptions.builder()
            .backend(backend)
            .maxMessageBytes(ConnectionOptions.UNLIMITED)
            .build();
    ClientOptions clientOptions =
        ClientOptions.builder()
            .backend(backend)
            .maxMessageBytes(ConnectionOptions.UNLIMITED)
            .build();
    try (WebSocketServer echo = WebSocketServer.start(serverOptions, new PartEcho());
        WebSocketClient connecting = WebSocketClient.create(clientOptions)) {
      connecting.connect(URI.create("ws://127.0.0.1:" + echo.port() + "/"), client);
      done.get(5, TimeUnit.MINUTES);
    }
  }

  private static StreamOptions streamOptions() {
    return StreamOptions.builder()
        .messageParts(true)
        .maxMessageBytes(ConnectionOptions.UNLIMITED)
        .maxWriteBufferBytes(BUFFERED_BYTES)
        .build();
  }

  /** One end of a connection: what a user's own loop would have. */
  private abstract static class End {
    final WebSocketStream stream;

    End(StreamHandshake handshake, SelectionKey key) throws IOException {
      while (handshake.resume() == StreamHandshake.Outcome.INTERRUPTED) {
        key.interestOps(handshake.interest().selectionOps());
        key.selector().select(handshake.selectTimeoutMillis());
      }
      stream = handshake.stream();
    }

    /** Goes on; returns the operations to wait for. */
    abstract int advance() throws IOException;

    final void run(SelectionKey key) throws IOException {
      while (stream.closeState() != CloseState.TERMINATED) {
        key.interestOps(advance());
        if (stream.closeState() != CloseState.TERMINATED) {
          key.selector().select(stream.selectTimeoutMillis());
          key.selector().selectedKeys().clear();
        }
      }
    }
  }

  private static final class EchoEnd extends End {

    /** A part was read and not taken yet. */
    private boolean holding;

    EchoEnd(SelectionKey key) throws IOException {
      super(WebSocketStream.accept((SocketChannel) key.channel(), streamOptions()), key);
    }

    @Override
    int advance() throws IOException {
      stream.flush();
      while (true) {
        if (!holding) {
          ReadOutcome outcome = stream.read();
          if (outcome == ReadOutcome.WOULD_BLOCK || outcome == ReadOutcome.CLOSED) {
            return stream.interestOps();
          }
          holding = outcome.isMessage();
        }
        if (holding
            && stream.writeBinaryPart(stream.payload(), stream.isLast()) == WriteOutcome.FULL) {
          return SelectionKey.OP_WRITE;
        }
        holding = false;
      }
    }
  }

  private static final class SendingEnd extends End {
    private final Message message;

    SendingEnd(SelectionKey key, URI uri, Message message) throws IOException {
      super(WebSocketStream.client((SocketChannel) key.channel(), uri, streamOptions()), key);
      this.message = message;
    }

    @Override
    int advance() throws IOException {
      boolean full = false;
      while (!message.isSent() && !full) {
        ByteBuffer part = message.next();
        full = stream.writeBinaryPart(part, message.isLast(part)) == WriteOutcome.FULL;
        if (!full) {
          message.taken(part);
        }
      }
      stream.flush();
      for (ReadOutcome outcome = stream.read();
          outcome != ReadOutcome.WOULD_BLOCK && outcome != ReadOutcome.CLOSED;
          outcome = stream.read()) {
        if (outcome.isMessage() && message.receive(stream.payload(), stream.isLast())) {
          stream.close();
        }
      }
      // What did not fit before may fit now, though the stream itself has nothing left to write.
      return message.isSent() ? stream.interestOps() : stream.interestOps() | SelectionKey.OP_WRITE;
    }
  }

  private static void overStreams(Message message) throws Exception {
    try (ServerSocketChannel listening = ServerSocketChannel.open()) {
      listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      InetSocketAddress address = (InetSocketAddress) listening.getLocalAddress();
      CompletableFuture<Void> echo =
          CompletableFuture.runAsync(
              () -> {
                try (SocketChannel channel = listening.accept();
                    Selector selector = Selector.open()) {
                  channel.configureBlocking(false);
                  SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
                  new EchoEnd(key).run(key);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      try (SocketChannel channel = SocketChannel.open(address);
          Selector selector = Selector.open()) {
        channel.configureBlocking(false);
        SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
        new SendingEnd(key, URI.create("ws://127.0.0.1:" + address.getPort() + "/"), message)
            .run(key);
      }
      echo.get(1, TimeUnit.MINUTES);
    }
  }
}
