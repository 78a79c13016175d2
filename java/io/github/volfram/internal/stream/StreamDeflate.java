package io.github.volfram.internal.stream;

import io.github.volfram.DeflateOptions;
import io.github.volfram.StreamRole;
import io.github.volfram.internal.frame.DeflateParameters;
import io.github.volfram.internal.frame.DeflatePool;
import io.github.volfram.internal.handshake.DeflateAgreement;
import io.github.volfram.internal.handshake.PerMessageDeflateOffer;
import io.github.volfram.internal.handshake.ServerDeflate;
import org.jspecify.annotations.Nullable;

/** What the streams of the same options share to compress (RFC 7692). Any thread may use it. */
public final class StreamDeflate {

  private static final int MAX_IDLE = 16;

  private final DeflateOptions options;
  private final DeflatePool pool;

  /** Holds no native memory yet. */
  public StreamDeflate(DeflateOptions options) {
    this.options = options;
    this.pool = new DeflatePool(options.level(), MAX_IDLE, options.maxDeflaters());
  }

  /** What a server makes of offers. */
  ServerDeflate accepted() {
    return new ServerDeflate(
        true,
        true,
        options.serverNoContextTakeover(),
        options.clientNoContextTakeover(),
        options.serverMaxWindowBits(),
        options.clientMaxWindowBits());
  }

  /** What a client offers. */
  PerMessageDeflateOffer offer() {
    return PerMessageDeflateOffer.of(
        options.serverNoContextTakeover(),
        options.clientNoContextTakeover(),
        options.serverMaxWindowBits(),
        options.clientMaxWindowBits());
  }

  /** What one stream compresses with; null when the sides did not agree on it. */
  static @Nullable Compression compression(
      @Nullable StreamDeflate shared, StreamRole role, @Nullable DeflateAgreement agreed) {
    if (shared == null || agreed == null) {
      return null;
    }
    DeflateParameters parameters =
        DeflateParameters.of(
            StreamOutput.frameRole(role),
            agreed.serverNoContextTakeover(),
            agreed.serverMaxWindowBits(),
            agreed.clientNoContextTakeover(),
            agreed.clientMaxWindowBits());
    return new Compression(parameters, shared.options.thresholdBytes(), shared.pool);
  }
}
