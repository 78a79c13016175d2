package io.github.volfram.internal.stream;

import io.github.volfram.HandshakeException;
import io.github.volfram.Interest;
import io.github.volfram.internal.handshake.HttpHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Carries an opening handshake over a channel, as far as that goes without blocking. */
public abstract class HandshakeDriver {

  private static final byte[] NO_BODY = {};

  final Port port;
  final ChannelInput input;
  private ByteBuffer outgoing = ByteBuffer.allocate(0);

  HandshakeDriver(Port port, ChannelInput input) {
    this.port = port;
    this.input = input;
  }

  /**
   * Goes on.
   *
   * @return what to wait for, or null when the handshake is complete
   * @throws HandshakeException when there will be no WebSocket
   * @throws IOException when the channel failed
   */
  public abstract @Nullable Interest advance() throws IOException;

  /** The deadline passed: does what can still be done, and returns the failure. */
  public abstract HandshakeException expire() throws IOException;

  /** The subprotocol agreed on, or null; once complete. */
  public abstract @Nullable String subprotocol();

  /** The compression agreed on, or null; once complete. */
  public abstract @Nullable Compression compression();

  /** The head that the peer sent; once complete. */
  abstract HttpHead peerHead();

  /** The headers that the peer sent; once complete. */
  public final Map<String, List<String>> peerHeaders() {
    return peerHead().headers().asMap();
  }

  /** Gives buffers back, when there is no stream to go on with them. */
  public final void release() {
    input.release();
  }

  final void send(byte[] bytes) {
    outgoing = ByteBuffer.wrap(bytes);
  }

  /** Writes on; returns what to wait for, or null when all is written. */
  final @Nullable Interest flush() throws IOException {
    port.write(outgoing);
    return !outgoing.hasRemaining() && port.flush() ? null : port.toWrite();
  }

  static HandshakeException failure(String message, int status) {
    return new HandshakeException(message, status, Map.of(), NO_BODY);
  }
}
