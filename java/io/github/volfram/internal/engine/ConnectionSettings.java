package io.github.volfram.internal.engine;

import io.github.volfram.ConnectionOptions;
import io.github.volfram.DeflateOptions;
import io.github.volfram.OverflowPolicy;
import io.github.volfram.internal.frame.DeflateParameters;
import io.github.volfram.internal.frame.FrameLimits;
import io.github.volfram.internal.frame.Role;
import io.github.volfram.internal.handshake.DeflateAgreement;
import io.github.volfram.internal.handshake.PerMessageDeflateOffer;
import io.github.volfram.internal.handshake.ServerDeflate;
import io.github.volfram.internal.transport.SocketSettings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of one server or client share, in the units of the hot path. Any thread may
 * use it.
 */
final class ConnectionSettings {

  /** Stands for "no timeout"; far enough away that adding it to a time does not overflow. */
  static final long NEVER = Long.MAX_VALUE / 4;

  /** How many empty fragments in a row are not yet an attack. */
  private static final int MAX_EMPTY_FRAGMENTS = 1000;

  final Role role;
  final FrameLimits limits;
  final SocketSettings socket;
  final long handshakeNanos;
  final long idleNanos;
  final long pingNanos;
  final long pongNanos;
  final long closeNanos;
  final long writeNanos;
  final int softMarkBytes;
  final int lowMarkBytes;
  final long hardCapBytes;
  final OverflowPolicy overflow;
  final boolean pausesAboveSoftMark;
  final @Nullable DeflateOptions deflate;
  final Population population = new Population();

  /** What limits the connections of each address; null where nothing does. */
  @Nullable AddressLimit addresses;

  /** What publishes to the connections of the server; null for a client's. */
  @Nullable Publisher publisher;

  ConnectionSettings(Role role, ConnectionOptions options) {
    this.role = role;
    limits =
        new FrameLimits(options.maxFrameBytes(), options.maxMessageBytes(), MAX_EMPTY_FRAGMENTS);
    socket =
        new SocketSettings(
            options.tcpNoDelay(),
            options.receiveBufferBytes(),
            options.sendBufferBytes(),
            busyPollMicros(options),
            options.quickAck());
    handshakeNanos = nanos(options.handshakeTimeout());
    idleNanos = nanos(options.idleTimeout());
    pingNanos = nanos(options.pingInterval());
    pongNanos = nanos(options.pongTimeout());
    closeNanos = nanos(options.closeTimeout());
    writeNanos = nanos(options.writeTimeout());
    softMarkBytes = options.outboundSoftMarkBytes();
    lowMarkBytes = Math.min(options.outboundLowMarkBytes(), softMarkBytes);
    hardCapBytes = options.outboundHardCapBytes();
    overflow = options.overflowPolicy();
    pausesAboveSoftMark = options.pauseReadingAboveSoftMark();
    deflate = options.deflate();
  }

  /** What a server makes of offers of compression. */
  ServerDeflate serverDeflate() {
    return deflate == null
        ? ServerDeflate.OFF
        : new ServerDeflate(
            true,
            true,
            deflate.serverNoContextTakeover(),
            deflate.clientNoContextTakeover(),
            deflate.serverMaxWindowBits(),
            deflate.clientMaxWindowBits());
  }

  /** What a client offers: one offer at most. */
  List<PerMessageDeflateOffer> deflateOffers() {
    if (deflate == null) {
      return List.of();
    }
    return List.of(
        PerMessageDeflateOffer.of(
            deflate.serverNoContextTakeover(),
            deflate.clientNoContextTakeover(),
            deflate.serverMaxWindowBits(),
            deflate.clientMaxWindowBits()));
  }

  /** What was agreed, from our side's point of view. */
  @Nullable DeflateParameters parameters(@Nullable DeflateAgreement agreed) {
    return agreed == null
        ? null
        : DeflateParameters.of(
            role,
            agreed.serverNoContextTakeover(),
            agreed.serverMaxWindowBits(),
            agreed.clientNoContextTakeover(),
            agreed.clientMaxWindowBits());
  }

  /** How long after a sign of life a ping may be due at the earliest. */
  long quietNanos() {
    return Math.min(idleNanos, pingNanos);
  }

  /** SO_BUSY_POLL in the kernel's unit; 0 for the system's choice. */
  static int busyPollMicros(ConnectionOptions options) {
    return (int) (options.busyPoll().toNanos() / 1000);
  }

  /** A timeout, of which zero turns it off. */
  static long nanos(Duration duration) {
    return duration.isZero() ? NEVER : boundedNanos(duration);
  }

  /** A duration that may be too long to be counted in nanoseconds. */
  static long boundedNanos(Duration duration) {
    return duration.toSeconds() >= NEVER / 1_000_000_000 ? NEVER : duration.toNanos();
  }
}
