package io.github.volfram;

import io.github.volfram.internal.stream.Port;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/**
 * TLS over a non-blocking channel, itself a non-blocking channel: for a {@link WebSocketStream}
 * with {@code wss}. The TLS handshake takes place within the first reads and writes.
 *
 * <p>No method blocks; {@code read} and {@code write} return 0 when the channel beneath would, and
 * {@link #readInterest} and {@link #writeInterest} then say what it must become, which is not
 * always what the name of the method suggests. The engine's tasks, which check certificates for
 * example, run inside the calls. Used by one thread at a time. Holds some 50 KiB of buffers.
 */
public final class TlsChannel implements ByteChannel {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int END = -1;

  /** What a WebSocket's handshake is a request of (RFC 7301). */
  private static final String[] ALPN = {"http/1.1"};

  private final Port port;
  private final SSLEngine engine;

  /** Records that came, from position to limit. */
  private ByteBuffer received;

  /** Records that wait to be sent, from position to limit. */
  private ByteBuffer outgoing;

  /** What was decrypted and not read yet, from position to limit. */
  private ByteBuffer plain;

  /** The last read of the channel was short, so the next one would give nothing. */
  private boolean drained;

  /** The engine has been through its first handshake. */
  private boolean established;

  /** The peer still waits for a part of our first handshake. */
  private boolean opening = true;

  private Interest readInterest = Interest.READ;
  private Interest writeInterest = Interest.WRITE;

  /**
   * TLS with an engine that is set up already; {@link #client} and {@link #server} set one up.
   *
   * @param channel non-blocking; closed together with this one
   * @throws IllegalArgumentException when the channel blocks
   */
  public TlsChannel(ByteChannel channel, SSLEngine engine) {
    this.port = new Port(channel);
    this.engine = engine;
    int recordBytes = engine.getSession().getPacketBufferSize();
    received = ByteBuffer.allocateDirect(recordBytes).limit(0);
    outgoing = ByteBuffer.allocateDirect(recordBytes).limit(0);
    plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).limit(0);
  }

  /**
   * The client's side: the server's certificate must be trusted by the context and name the host.
   */
  public static TlsChannel client(ByteChannel channel, SSLContext context, String host, int port) {
    SSLEngine engine = context.createSSLEngine(host, port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    // Without it a certificate of any name would do (RFC 9110 §4.3.4).
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(ALPN);
    engine.setSSLParameters(parameters);
    return new TlsChannel(channel, engine);
  }

  /** The server's side, with the certificate of the context. */
  public static TlsChannel server(ByteChannel channel, SSLContext context) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(ALPN);
    engine.setSSLParameters(parameters);
    return new TlsChannel(channel, engine);
  }

  /** What the channel beneath must become after a {@link #read} that returned 0. */
  public Interest readInterest() {
    return readInterest;
  }

  /** What it must become after a {@link #write} that took less than it was given. */
  public Interest writeInterest() {
    return writeInterest;
  }

  /** Whether records wait for the channel beneath, so that a {@link #flush} is due. */
  public boolean wantsWrite() {
    return outgoing.hasRemaining();
  }

  /**
   * Reads until the buffer is full or the channel beneath would block.
   *
   * @return how many bytes; 0 when it would block; -1 after the end, be it of TLS or of the channel
   * @throws SSLException when TLS failed; the alert is sent as far as the channel takes it
   * @throws IOException when the channel failed
   */
  @Override
  public int read(ByteBuffer into) throws IOException {
    int before = into.position();
    boolean ended = false;
    boolean blocked = false;
    while (true) {
      int length = Math.min(plain.remaining(), into.remaining());
      into.put(into.position(), plain, plain.position(), length).position(into.position() + length);
      plain.position(plain.position() + length);
      if (ended || blocked || !into.hasRemaining()) {
        int read = into.position() - before;
        return read == 0 && ended ? END : read;
      }
      switch (handshakeStatus()) {
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> {
          blocked = !flush() || engine.isOutboundDone();
          if (!blocked) {
            wrap(NOTHING);
          }
        }
        default -> {
          int read = unwrap();
          ended = read == END;
          blocked = read == 0;
        }
      }
      readInterest = blocked && needsWriteToRead() ? Interest.WRITE : Interest.READ;
    }
  }

  /** Whether the peer, or the engine, goes on only when the records that wait are sent. */
  private boolean needsWriteToRead() throws IOException {
    boolean flushed = flush();
    HandshakeStatus status = engine.getHandshakeStatus();
    if (flushed && status == HandshakeStatus.NOT_HANDSHAKING) {
      opening = false;
    }
    return !flushed && (opening || status == HandshakeStatus.NEED_WRAP);
  }

  /**
   * Encrypts bytes as long as the channel beneath takes the records.
   *
   * @return how many bytes were taken; a last record of them may still wait for {@link #flush}
   * @throws SSLException when TLS failed
   * @throws IOException when the channel failed, or the peer ended the handshake
   */
  @Override
  public int write(ByteBuffer from) throws IOException {
    int before = from.position();
    writeInterest = Interest.WRITE;
    while (from.hasRemaining() && flush()) {
      HandshakeStatus status = handshakeStatus();
      if (status == HandshakeStatus.NEED_TASK) {
        runTasks();
      } else if (isUnwrapNeeded(status)) {
        int read = unwrap();
        if (read == END) {
          throw new ClosedChannelException();
        }
        if (read == 0) {
          writeInterest = Interest.READ;
          break;
        }
      } else {
        wrap(from);
      }
    }
    flush();
    return from.position() - before;
  }

  /**
   * Sends the records that wait.
   *
   * @return whether none is left
   * @throws IOException when the channel failed
   */
  public boolean flush() throws IOException {
    port.write(outgoing);
    return !outgoing.hasRemaining();
  }

  /** What the engine needs next; only the first handshake of TLS 1.2 is carried out. */
  private HandshakeStatus handshakeStatus() throws SSLException {
    HandshakeStatus status = engine.getHandshakeStatus();
    String protocol = engine.getSession().getProtocol();
    if (status == HandshakeStatus.NOT_HANDSHAKING) {
      established = !protocol.equals("NONE"); // as before the first handshake
    } else if (established
        && !protocol.equals("TLSv1.3")
        && !engine.isInboundDone()
        && !engine.isOutboundDone()) {
      SSLException failure = new SSLException("expected no renegotiation (RFC 9325 §3.5), got one");
      engine.closeOutbound();
      sendAlert(failure);
      throw failure;
    }
    return status;
  }

  private static boolean isUnwrapNeeded(HandshakeStatus status) {
    return status == HandshakeStatus.NEED_UNWRAP || status == HandshakeStatus.NEED_UNWRAP_AGAIN;
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  /** Makes a record, when none waits. */
  private void wrap(ByteBuffer from) throws IOException {
    SSLEngineResult result;
    try {
      result = wrapOnce(from);
    } catch (SSLException failure) {
      sendAlert(failure);
      throw failure;
    }
    if (result.getStatus() == SSLEngineResult.Status.CLOSED && from.hasRemaining()) {
      throw new ClosedChannelException();
    }
  }

  private SSLEngineResult wrapOnce(ByteBuffer from) throws SSLException {
    outgoing.clear();
    try {
      SSLEngineResult result = engine.wrap(from, outgoing);
      while (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
        outgoing = ByteBuffer.allocateDirect(2 * outgoing.capacity());
        result = engine.wrap(from, outgoing);
      }
      return result;
    } finally {
      outgoing.flip();
    }
  }

  /**
   * Decrypts a record, reading from the channel when there is no whole one.
   *
   * @return 1 when there was one, 0 when the channel would block, or {@link #END}
   */
  private int unwrap() throws IOException {
    while (true) {
      SSLEngineResult.Status status = unwrapReceived();
      switch (status) {
        case OK -> {
          return 1;
        }
        case CLOSED -> {
          return END;
        }
        case BUFFER_OVERFLOW -> {
          ByteBuffer larger = ByteBuffer.allocate(2 * plain.capacity());
          plain = larger.put(plain).flip();
        }
        case BUFFER_UNDERFLOW -> {
          int read = receive();
          if (read <= 0) {
            return read;
          }
        }
      }
    }
  }

  private SSLEngineResult.Status unwrapReceived() throws IOException {
    plain.compact();
    try {
      return engine.unwrap(received, plain).getStatus();
    } catch (SSLException failure) {
      sendAlert(failure);
      throw failure;
    } finally {
      plain.flip();
    }
  }

  private int receive() throws IOException {
    if (drained) {
      drained = false;
      return 0;
    }
    received.compact();
    try {
      if (!received.hasRemaining()) {
        received = ByteBuffer.allocateDirect(2 * received.capacity()).put(received.flip());
      }
      int room = received.remaining();
      int read = port.read(received);
      drained = read > 0 && read < room && port.shortMeansBlocked();
      return read;
    } finally {
      received.flip();
    }
  }

  /** Sends what the engine still has to say, as far as the channel takes it. */
  private void wrapWhatIsLeft() throws IOException {
    int wrapped = 1;
    while (flush() && wrapped > 0 && !engine.isOutboundDone()) {
      wrapped = wrapOnce(NOTHING).bytesProduced();
    }
  }

  private void sendAlert(SSLException failure) {
    try {
      wrapWhatIsLeft();
    } catch (IOException alsoFailed) {
      failure.addSuppressed(alsoFailed);
    }
  }

  @Override
  public boolean isOpen() {
    return port.channel().isOpen();
  }

  /** Sends close_notify as far as the channel beneath takes it, and closes that. */
  @Override
  public void close() throws IOException {
    try (ByteChannel beneath = port.channel()) {
      if (beneath.isOpen() && !engine.isOutboundDone()) {
        engine.closeOutbound();
        wrapWhatIsLeft();
      }
    }
  }
}
