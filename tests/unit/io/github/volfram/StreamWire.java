package io.github.volfram;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The bytes of handshakes and frames, as a peer would make and read them. */
final class StreamWire {

  static final int TEXT = 0x81;
  static final int BINARY = 0x82;
  static final int CLOSE = 0x88;
  static final int PING = 0x89;
  static final int PONG = 0x8A;

  /** RFC 6455 §1.3. */
  static final String REQUEST =
      lines(
          "GET /chat?room=1 HTTP/1.1",
          "Host: example.org",
          "Upgrade: websocket",
          "Connection: Upgrade",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
          "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Protocol: chat, superchat");

  static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  private static final byte[] KEY = {0x37, (byte) 0xFA, 0x21, 0x3D};

  private StreamWire() {}

  static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n\r\n";
  }

  static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  static ByteBuffer buffer(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** A frame as it reaches a stream of this role. */
  static byte[] to(StreamRole receiver, int b0, byte[] payload) {
    boolean masked = receiver == StreamRole.SERVER;
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    int b1 = masked ? 0x80 : 0;
    frame.write(b0);
    if (payload.length < 126) {
      frame.write(b1 | payload.length);
    } else if (payload.length < 65536) {
      frame.write(b1 | 126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    } else {
      frame.write(b1 | 127);
      frame.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
    }
    if (masked) {
      frame.writeBytes(KEY);
    }
    for (int i = 0; i < payload.length; i++) {
      frame.write(masked ? payload[i] ^ KEY[i & 3] : payload[i]);
    }
    return frame.toByteArray();
  }

  static byte[] to(StreamRole receiver, int b0, String payload) {
    return to(receiver, b0, payload.getBytes(UTF_8));
  }

  static byte[] close(StreamRole receiver, int code, String reason) {
    return to(receiver, CLOSE, closePayload(code, reason));
  }

  static byte[] closePayload(int code, String reason) {
    return concat(new byte[] {(byte) (code >> 8), (byte) code}, reason.getBytes(UTF_8));
  }

  /** A frame that a stream sent, unmasked. */
  record Sent(int b0, boolean masked, byte[] payload) {

    @Override
    public String toString() {
      boolean close = b0 == CLOSE && payload.length >= 2;
      String shown =
          close
              ? ((payload[0] & 0xFF) << 8 | (payload[1] & 0xFF))
                  + new String(payload, 2, payload.length - 2, UTF_8)
              : payload.length > 200 ? payload.length + " bytes" : new String(payload, UTF_8);
      return Integer.toHexString(b0) + ":" + shown;
    }
  }

  /** Reads the frames that a stream sent; what is not whole is an error. */
  static List<Sent> frames(byte[] wire) {
    List<Sent> frames = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(wire);
    while (in.hasRemaining()) {
      int b0 = in.get() & 0xFF;
      int b1 = in.get() & 0xFF;
      int length = b1 & 0x7F;
      if (length == 126) {
        length = in.getShort() & 0xFFFF;
      } else if (length == 127) {
        length = Math.toIntExact(in.getLong());
      }
      byte[] key = new byte[4];
      boolean masked = (b1 & 0x80) != 0;
      if (masked) {
        in.get(key);
      }
      byte[] payload = new byte[length];
      in.get(payload);
      for (int i = 0; i < length; i++) {
        payload[i] ^= key[i & 3];
      }
      frames.add(new Sent(b0, masked, payload));
    }
    return frames;
  }

  /** The same, each as its first byte in hex, a colon and its payload. */
  static List<String> shown(byte[] wire) {
    return frames(wire).stream().map(Sent::toString).toList();
  }
}
