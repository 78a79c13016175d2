package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ServerOptions;
import io.github.volfram.TlsChannel;
import io.github.volfram.TlsContexts;
import io.github.volfram.internal.transport.FakePeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A server with TLS on the network in memory, and a client whose records a test can hold back. */
abstract class TlsFixture extends EngineFixture {

  @TempDir static Path directory;

  static TlsContexts contexts;

  FakePeer socket;
  TlsChannel channel;
  SSLEngine engine;

  @BeforeAll
  static void makeContexts() throws Exception {
    contexts = TlsContexts.create(directory);
  }

  /** The test's end of the connection as a channel. */
  private record PeerChannel(FakePeer peer) implements ByteChannel {
    @Override
    public int read(ByteBuffer into) throws IOException {
      byte[] bytes = new byte[into.remaining()];
      int read = peer.read(bytes, 0, bytes.length);
      if (read > 0) {
        into.put(bytes, 0, read);
      }
      return read;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      byte[] bytes = new byte[from.remaining()];
      from.get(from.position(), bytes);
      int taken = peer.write(bytes, 0, bytes.length);
      from.position(from.position() + taken);
      return taken;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() throws IOException {
      peer.close();
    }
  }

  void serve(SSLContext context) throws IOException {
    serve(ServerOptions.builder().tls(context).maxMessageBytes(1 << 20));
  }

  /** Connects without saying anything yet. */
  void connect(String protocol) throws IOException {
    socket = network.connect(address);
    engine = contexts.client().createSSLEngine("localhost", 443);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(new String[] {protocol});
    engine.setSSLParameters(parameters);
    channel = new TlsChannel(new PeerChannel(socket), engine);
    settle();
  }

  /** Turns the loop until something has happened; the engine's tasks have threads of their own. */
  void until(BooleanSupplier happened) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!happened.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "has not happened: " + events.log);
      loop.poll();
      Thread.onSpinWait();
    }
    settle();
  }

  void write(byte[] bytes) throws IOException {
    ByteBuffer from = ByteBuffer.wrap(bytes);
    ByteBuffer discarded = ByteBuffer.allocate(0);
    until(
        () -> {
          try {
            channel.write(from);
            channel.read(discarded);
            return !from.hasRemaining() && channel.flush();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  byte[] read(int bytes) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(bytes);
    until(
        () -> {
          try {
            return channel.read(into) < 0 || !into.hasRemaining();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    assertFalse(into.hasRemaining(), "the end came after " + into.position() + " bytes");
    return into.array();
  }

  /** Completes both handshakes. */
  void open() throws IOException {
    write(RawPeer.request());
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    while (!answer.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      answer.writeBytes(read(1));
    }
    assertTrue(answer.toString(StandardCharsets.ISO_8859_1).startsWith("HTTP/1.1 101 "));
    assertEquals(List.of("open"), events());
  }

  /** How a frame of the server's begins. */
  static byte[] header(int b0, int length) {
    return length < 126
        ? new byte[] {(byte) b0, (byte) length}
        : new byte[] {(byte) b0, 126, (byte) (length >> 8), (byte) length};
  }

  /** Encrypts bytes, or what the client's engine has to say, without sending it. */
  byte[] record(byte[] plain) throws SSLException {
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.wrap(plain), out);
    byte[] bytes = new byte[out.flip().remaining()];
    out.get(bytes);
    return bytes;
  }
}
