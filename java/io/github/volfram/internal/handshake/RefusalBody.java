package io.github.volfram.internal.handshake;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * The first bytes of the body of a response that refused the upgrade, for the user to read. Bounded
 * in what it keeps and in what it reads. Owned by one thread.
 */
final class RefusalBody {

  static final int MAX_BYTES = 65_536;

  /** Chunk sizes, extensions and trailers are read besides the body, up to as much again. */
  private static final int MAX_FRAMING_BYTES = 65_536;

  private enum State {
    /** Bytes of the body, as many as are left. */
    DATA,
    /** The line with a chunk's size (RFC 9112 §7.1). */
    CHUNK_SIZE,
    /** Bytes of a chunk, as many as are left. */
    CHUNK_DATA,
    /** The CRLF after a chunk. */
    CHUNK_END,
    COMPLETE
  }

  private final ByteArrayOutputStream prefix = new ByteArrayOutputStream();
  private State state;
  private long left;
  private int framingBytes;
  private boolean sizeDigitsOver;

  private RefusalBody(State state, long left) {
    this.state = state;
    this.left = left;
  }

  /** The body that follows this head (RFC 9112 §6.3). */
  static RefusalBody of(HttpHead head) {
    HttpHeaders headers = head.headers();
    if (head.status() == 204 || head.status() == 304) {
      return new RefusalBody(State.COMPLETE, 0);
    }
    if (HttpSyntax.listContains(headers.all("Transfer-Encoding"), "chunked")) {
      return new RefusalBody(State.CHUNK_SIZE, 0);
    }
    String length = headers.first("Content-Length");
    int bytes = length == null ? -1 : HttpSyntax.number(length);
    if (bytes == 0) {
      return new RefusalBody(State.COMPLETE, 0);
    }
    // Without a length that can be read the body lasts until the server closes.
    return new RefusalBody(State.DATA, bytes < 0 ? Long.MAX_VALUE : bytes);
  }

  /** Reads bytes until the body ends or enough of it was kept. */
  void receive(ByteBuffer in, int index, int length) {
    for (int i = index; i < index + length && state != State.COMPLETE; i++) {
      receive(in.get(i));
    }
  }

  boolean isComplete() {
    return state == State.COMPLETE;
  }

  byte[] prefix() {
    return prefix.toByteArray();
  }

  private void receive(byte octet) {
    switch (state) {
      case DATA -> {
        keep(octet);
        if (left == 0) {
          state = State.COMPLETE;
        }
      }
      case CHUNK_SIZE -> chunkSize(octet);
      case CHUNK_DATA -> {
        keep(octet);
        if (left == 0 && state == State.CHUNK_DATA) {
          state = State.CHUNK_END;
        }
      }
      case CHUNK_END -> {
        if (octet == '\n') {
          sizeDigitsOver = false;
          state = State.CHUNK_SIZE;
        }
        countFraming();
      }
      case COMPLETE -> {}
    }
  }

  private void keep(byte octet) {
    prefix.write(octet);
    left--;
    if (prefix.size() == MAX_BYTES) {
      state = State.COMPLETE;
    }
  }

  private void chunkSize(byte octet) {
    int digit = Character.digit((char) (octet & 0xFF), 16);
    if (octet == '\n') {
      // The trailers after the last chunk are of no use here.
      state = left == 0 ? State.COMPLETE : State.CHUNK_DATA;
    } else if (digit < 0) {
      sizeDigitsOver = true;
    } else if (!sizeDigitsOver) {
      left = Math.min(left * 16 + digit, Integer.MAX_VALUE);
    }
    countFraming();
  }

  private void countFraming() {
    if (++framingBytes == MAX_FRAMING_BYTES) {
      state = State.COMPLETE;
    }
  }
}
