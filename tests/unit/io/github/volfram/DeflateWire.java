package io.github.volfram;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.zip.Deflater;

/** Compresses messages as a peer would (RFC 7692 §7.2.1), each after the ones before it. */
final class DeflateWire implements AutoCloseable {

  private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);

  /** A whole message. */
  byte[] message(byte[] bytes) {
    deflater.setInput(bytes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] piece = new byte[8192];
    int count;
    do {
      count = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
      out.write(piece, 0, count);
    } while (count == piece.length);
    byte[] flushed = out.toByteArray();
    return Arrays.copyOf(flushed, flushed.length - 4);
  }

  byte[] message(String text) {
    return message(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    deflater.end();
  }
}
