package io.github.volfram.internal.frame;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.Deflater;

/** Compresses as a peer would, by the JDK's deflater and the letter of RFC 7692 §7.2.1. */
final class DeflatingPeer implements AutoCloseable {

  private final Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
  private final boolean takeover;

  DeflatingPeer(boolean takeover) {
    this.takeover = takeover;
  }

  /** One message of a peer that keeps nothing. */
  static byte[] once(byte[] message) {
    try (DeflatingPeer peer = new DeflatingPeer(false)) {
      return peer.message(message);
    }
  }

  byte[] message(byte[] message) {
    if (message.length == 0) {
      return new byte[1];
    }
    byte[] flushed = flushed(message);
    return Arrays.copyOf(flushed, flushed.length - 4);
  }

  private byte[] flushed(byte[] message) {
    if (!takeover) {
      deflater.reset();
    }
    deflater.setInput(message);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] block = new byte[4096];
    int n;
    do {
      n = deflater.deflate(block, 0, block.length, Deflater.SYNC_FLUSH);
      out.write(block, 0, n);
    } while (n == block.length);
    return out.toByteArray();
  }

  @Override
  public void close() {
    deflater.end();
  }
}
