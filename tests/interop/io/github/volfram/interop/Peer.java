package io.github.volfram.interop;

import java.nio.charset.StandardCharsets;

/** The other end of a connection, whatever library it is made of. */
interface Peer extends AutoCloseable {

  /** What it was told; the first event is {@link Event#open}. */
  EventLog log();

  void sendText(String text);

  void sendBinary(byte[] payload);

  void sendPing(byte[] payload);

  void sendPong(byte[] payload);

  /** Begins the closing handshake. */
  void sendClose(int code, String reason);

  /** Sends one text message, a frame for each part. */
  default void sendTextFragments(String... parts) {
    throw new UnsupportedOperationException("this peer sends no fragments");
  }

  /** Sends one binary message, a frame for each part. */
  default void sendBinaryFragments(byte[]... parts) {
    throw new UnsupportedOperationException("this peer sends no fragments");
  }

  /** Drops the connection where there still is one, and whatever belongs to it. */
  @Override
  void close();

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
