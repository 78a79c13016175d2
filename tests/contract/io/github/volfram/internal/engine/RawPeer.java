package io.github.volfram.internal.engine;

import io.github.volfram.internal.transport.FakePeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client at the other end of the fake network, which speaks in bytes. */
final class RawPeer {

  static final String REQUEST =
      "GET /chat HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

  private static final int KEY = 0x37FA213D; // RFC 6455 §5.7

  final FakePeer socket;
  private byte[] unread = new byte[0];
  private byte[] keepalive = new byte[0];

  RawPeer(FakePeer socket) {
    this.socket = socket;
  }

  static byte[] request() {
    return REQUEST.getBytes(StandardCharsets.US_ASCII);
  }

  /** A masked frame: the first byte as it stands, the rest made right. */
  static byte[] frame(int b0, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
    frame.put((byte) b0);
    if (payload.length <= 125) {
      frame.put((byte) (0x80 | payload.length));
    } else if (payload.length <= 0xFFFF) {
      frame.put((byte) 0xFE).putShort((short) payload.length);
    } else {
      frame.put((byte) 0xFF).putLong(payload.length);
    }
    frame.putInt(KEY);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ KEY >>> (24 - 8 * (i & 3))));
    }
    return java.util.Arrays.copyOf(frame.array(), frame.position());
  }

  static byte[] text(String text) {
    return frame(0x81, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] binary(byte[] payload) {
    return frame(0x82, payload);
  }

  static byte[] ping(String payload) {
    return frame(0x89, payload.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] close(int code) {
    return frame(0x88, new byte[] {(byte) (code >> 8), (byte) code});
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  RawPeer write(byte[]... parts) throws IOException {
    socket.writeAll(join(parts));
    return this;
  }

  /** Everything that has arrived, as text. */
  String readText() {
    String text = new String(unread, StandardCharsets.ISO_8859_1);
    unread = new byte[0];
    return text + new String(socket.readAll(), StandardCharsets.ISO_8859_1);
  }

  /** Skips the HTTP response, which has to be there and to begin like this. */
  RawPeer skipResponse(String beginning) {
    byte[] all = join(unread, socket.readAll());
    String text = new String(all, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0 || !text.startsWith(beginning)) {
      throw new AssertionError("expected a response " + beginning + ", got " + text);
    }
    unread = java.util.Arrays.copyOfRange(all, end + 4, all.length);
    return this;
  }

  /** The frames that have arrived whole since the last call, and how the stream has ended. */
  List<String> read() {
    byte[] all = join(unread, socket.readAll());
    ByteBuffer in = ByteBuffer.wrap(all);
    List<String> frames = new ArrayList<>();
    int taken = 0;
    while (hasFrame(in)) {
      frames.add(nextFrame(in));
      taken = in.position();
    }
    unread = java.util.Arrays.copyOfRange(all, taken, all.length);
    if (socket.isReset()) {
      frames.add("reset");
    } else if (socket.isAtEnd()) {
      frames.add(unread.length == 0 ? "end" : "end within a frame");
    }
    return frames;
  }

  private static boolean hasFrame(ByteBuffer in) {
    int at = in.position();
    if (in.remaining() < 2) {
      return false;
    }
    int length7 = in.get(at + 1) & 0xFF;
    int header = length7 < 126 ? 2 : length7 == 126 ? 4 : 10;
    if (in.remaining() < header) {
      return false;
    }
    return in.remaining() >= header + length(in, at, length7);
  }

  private static long length(ByteBuffer in, int at, int length7) {
    return switch (length7) {
      case 126 -> in.getShort(at + 2) & 0xFFFF;
      case 127 -> in.getLong(at + 2);
      default -> length7;
    };
  }

  private String nextFrame(ByteBuffer in) {
    int at = in.position();
    int length7 = in.get(at + 1) & 0xFF; // a mask bit would make this a wrong length
    int length = (int) length(in, at, length7);
    in.position(at + (length7 < 126 ? 2 : length7 == 126 ? 4 : 10));
    byte[] payload = new byte[length];
    in.get(payload);
    return switch (in.get(at) & 0xFF) {
      case 0x81 -> "text " + Events.show(payload);
      case 0x82 -> "binary " + Events.show(payload);
      case 0x88 -> "close" + closing(payload);
      case 0x89 -> payload.length == 8 ? keepalive(payload) : "ping " + Events.show(payload);
      case 0x8A -> "pong " + Events.show(payload);
      default -> "frame 0x" + Integer.toHexString(in.get(at) & 0xFF);
    };
  }

  private String keepalive(byte[] payload) {
    keepalive = payload;
    return "keepalive";
  }

  /** The pong to the last ping of eight bytes, which are the library's own. */
  byte[] pongToKeepalive() {
    return frame(0x8A, keepalive);
  }

  private static String closing(byte[] payload) {
    return payload.length < 2 ? "" : " " + (ByteBuffer.wrap(payload).getShort() & 0xFFFF);
  }
}
