package io.github.volfram.internal.frame;

import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * Unpredictable masking keys (RFC 6455 §10.3). The keys are drawn from a block of strong random
 * bytes, so a frame costs an array read and only each 256th a call to the generator. Used by one
 * thread.
 */
public final class MaskingKeys {

  // Small enough that refilling takes a few microseconds, not a visible pause.
  private static final int BLOCK_BYTES = 1024;

  private final SecureRandom random;
  private final byte[] block = new byte[BLOCK_BYTES];
  private final ByteBuffer keys = ByteBuffer.wrap(block);
  private int next = BLOCK_BYTES;

  /** Makes a source on the platform's default generator. */
  public MaskingKeys() {
    this(new SecureRandom());
  }

  MaskingKeys(SecureRandom random) {
    this.random = random;
  }

  /** The next key: any 32-bit value, 0 included, which is as likely as every other. */
  public int next() {
    if (next == BLOCK_BYTES) {
      random.nextBytes(block);
      next = 0;
    }
    int key = keys.getInt(next);
    next += Integer.BYTES;
    return key;
  }
}
