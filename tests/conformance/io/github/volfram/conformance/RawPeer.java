package io.github.volfram.conformance;

import io.github.volfram.internal.frame.FrameEncoder;
import io.github.volfram.internal.frame.Opcode;
import io.github.volfram.testing.AcceptKey;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The other end of a connection, byte by byte on a plain socket: it sends what no library would,
 * and takes nothing that RFC 6455 forbids. Blocks; used by one thread.
 */
final class RawPeer implements AutoCloseable {

  /** Instead of a number of bytes: every frame in a segment of its own. */
  static final int PER_FRAME = -1;

  static final int FIN = 0x80;
  static final int RSV1 = 0x40;

  private static final int KEY = 0x37FA213D; // RFC 6455 §5.7
  private static final int TIMEOUT_MILLIS = 20_000;

  private final Socket socket;
  private final DataInputStream in;
  private final boolean client;
  private final String head;
  private final List<byte[]> unsent = new ArrayList<>();
  private UnaryOperator<byte[]> inflate = RawPeer::inflate;
  private final ByteArrayOutputStream message = new ByteArrayOutputStream();
  private int messageOpcode;
  private boolean messageCompressed;

  private RawPeer(Socket socket, boolean client, String toSend) throws IOException {
    this.socket = socket;
    this.client = client;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
    if (client) {
      write(toSend.getBytes(StandardCharsets.ISO_8859_1));
    }
    head = readHead();
    if (!client && !toSend.isEmpty()) {
      String key = header("Sec-WebSocket-Key");
      write(toSend.replace("ACCEPT", AcceptKey.of(key)).getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  /** Connects as a client; extensions may be empty. */
  static RawPeer connect(int port, String extensions) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    RawPeer peer = new RawPeer(socket, true, request(extensions));
    if (!peer.head.startsWith("HTTP/1.1 101 ")) {
      throw new IOException("expected 101, got " + peer.head);
    }
    return peer;
  }

  /** Accepts a client; extensions may be empty. */
  static RawPeer accept(ServerSocket listener, String extensions) throws IOException {
    return new RawPeer(listener.accept(), false, response(extensions));
  }

  /** Accepts a client and answers nothing yet. */
  static RawPeer acceptWithoutAnswer(ServerSocket listener) throws IOException {
    return new RawPeer(listener.accept(), false, "");
  }

  /** A valid request; extensions may be empty. */
  static String request(String extensions) {
    return "GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + extensions(extensions);
  }

  /** A response in which ACCEPT is to be replaced. */
  static String response(String extensions) {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: ACCEPT\r\n"
        + extensions(extensions);
  }

  private static String extensions(String value) {
    return (value.isEmpty() ? "" : "Sec-WebSocket-Extensions: " + value + "\r\n") + "\r\n";
  }

  private String readHead() throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf("\r\n\r\n") < 0) {
      read.append((char) in.readUnsignedByte());
    }
    return read.toString();
  }

  /** The other end's request or response, with its empty line. */
  String head() {
    return head;
  }

  /** A header of the other end's head, or an empty string. */
  String header(String name) {
    for (String line : head.split("\r\n")) {
      if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
        return line.substring(name.length() + 1).strip();
      }
    }
    return "";
  }

  /** Adds a frame to what is to be sent: the first byte as it stands, the rest made right. */
  RawPeer frame(int b0, byte[] payload) {
    return frame(b0, payload, client);
  }

  /** Adds a frame that is masked as the other side's would be. */
  RawPeer frameOfTheOtherSide(int b0, byte[] payload) {
    return frame(b0, payload, !client);
  }

  private RawPeer frame(int b0, byte[] payload, boolean masked) {
    ByteBuffer frame = ByteBuffer.allocate(FrameEncoder.MAX_HEADER_BYTES + payload.length);
    boolean fin = (b0 & FIN) != 0;
    int rsv = b0 >> 4 & 7;
    int opcode = b0 & 15;
    int header =
        masked
            ? FrameEncoder.putMaskedHeader(frame, 0, fin, rsv, opcode, payload.length, KEY)
            : FrameEncoder.putHeader(frame, 0, fin, rsv, opcode, payload.length);
    byte[] bytes = new byte[header + payload.length];
    frame.get(0, bytes, 0, header);
    for (int i = 0; i < payload.length; i++) {
      bytes[header + i] = (byte) (payload[i] ^ (masked ? KEY >>> 24 - 8 * (i & 3) : 0));
    }
    unsent.add(bytes);
    return this;
  }

  /** Adds a header as it stands; no payload belongs to it. */
  RawPeer header(int b0, int length7, byte[] extendedLength) {
    ByteBuffer header = ByteBuffer.allocate(2 + extendedLength.length + (client ? 4 : 0));
    header.put((byte) b0).put((byte) (length7 | (client ? 0x80 : 0))).put(extendedLength);
    if (client) {
      header.putInt(KEY);
    }
    unsent.add(header.array());
    return this;
  }

  /** Adds the first bytes of a frame, whose rest never comes. */
  RawPeer beginning(int b0, byte[] payload, int payloadBytes) {
    frame(b0, payload);
    byte[] whole = unsent.remove(unsent.size() - 1);
    unsent.add(Arrays.copyOf(whole, whole.length - payload.length + payloadBytes));
    return this;
  }

  /** Sends what was added, in segments of so many bytes, or all at once for 0. */
  RawPeer flush(int segmentBytes) throws IOException {
    if (segmentBytes == PER_FRAME) {
      for (byte[] frame : unsent) {
        write(frame);
      }
    } else {
      byte[] all = unsentBytes();
      int segment = segmentBytes == 0 ? all.length : segmentBytes;
      for (int at = 0; at < all.length; at += segment) {
        write(Arrays.copyOfRange(all, at, Math.min(all.length, at + segment)));
      }
    }
    unsent.clear();
    return this;
  }

  byte[] unsentBytes() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    unsent.forEach(all::writeBytes);
    return all.toByteArray();
  }

  /** What inflates the messages from now on; without it they may not refer to earlier ones. */
  void inflateWith(UnaryOperator<byte[]> inflater) {
    inflate = inflater;
  }

  /** Sends bytes as they are. */
  void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Waits for the next event: a message, a control frame, "eof" or "reset". */
  String next() throws IOException {
    while (true) {
      int b0;
      try {
        b0 = in.readUnsignedByte();
      } catch (EOFException e) {
        return "eof";
      } catch (SocketException e) {
        return "reset";
      }
      String event = readFrame(b0);
      if (event != null) {
        return event;
      }
    }
  }

  private String readFrame(int b0) throws IOException {
    int b1 = in.readUnsignedByte();
    boolean masked = b1 >= 0x80;
    require(masked == !client, "a frame of a " + (client ? "server" : "client"), b1);
    long length = b1 & 0x7F;
    if (length == 126) {
      length = in.readUnsignedShort();
      require(length > 125, "a minimal length", length);
    } else if (length == 127) {
      length = in.readLong();
      require(length > 0xFFFF, "a minimal length", length);
    }
    byte[] key = new byte[4];
    if (masked) {
      in.readFully(key);
    }
    byte[] payload = new byte[(int) length];
    in.readFully(payload);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= key[i & 3];
    }
    require((b0 & 0x30) == 0, "no RSV2 or RSV3", b0);
    int opcode = b0 & 15;
    if (opcode < Opcode.CLOSE) {
      return data(b0, opcode, payload);
    }
    require((b0 & (FIN | RSV1)) == FIN && length <= 125, "a short whole control frame", b0);
    return switch (opcode) {
      case Opcode.PING -> Events.ping(payload);
      case Opcode.PONG -> Events.pong(payload);
      case Opcode.CLOSE ->
          Events.close(payload.length == 0 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xFFFF);
      default -> throw new AssertionError("expected a known opcode, got " + opcode);
    };
  }

  private String data(int b0, int opcode, byte[] payload) {
    require((opcode == 0) == (messageOpcode != 0), "fragments in order, not opcode", opcode);
    if (opcode != 0) {
      messageOpcode = opcode;
      messageCompressed = (b0 & RSV1) != 0;
    }
    message.writeBytes(payload);
    if ((b0 & FIN) == 0) {
      return null;
    }
    byte[] whole = message.toByteArray();
    message.reset();
    if (messageCompressed) {
      whole = inflate.apply(whole);
    }
    boolean text = messageOpcode == Opcode.TEXT;
    messageOpcode = 0;
    return text ? Events.text(whole) : Events.binary(whole);
  }

  /** Inflates a message that refers to no earlier one. */
  private static byte[] inflate(byte[] compressed) {
    byte[] input = Arrays.copyOf(compressed, compressed.length + 4);
    input[input.length - 2] = (byte) 0xFF; // 00 00 FF FF
    input[input.length - 1] = (byte) 0xFF;
    Inflater inflater = new Inflater(true);
    inflater.setInput(input);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] block = new byte[1 << 16];
    try {
      int n;
      do {
        n = inflater.inflate(block);
        out.write(block, 0, n);
      } while (n > 0);
    } catch (DataFormatException e) {
      throw new AssertionError("expected DEFLATE data", e);
    } finally {
      inflater.end();
    }
    return out.toByteArray();
  }

  private static void require(boolean holds, String what, long got) {
    if (!holds) {
      throw new AssertionError("expected " + what + ", got 0x" + Long.toHexString(got));
    }
  }

  /** Whether the message that came last was compressed. */
  boolean wasCompressed() {
    return messageCompressed;
  }

  /** Forgets what was added and not sent. */
  void clear() {
    unsent.clear();
  }

  /** Reads and forgets all that comes until the other side ends its stream. */
  void drain() throws IOException {
    in.transferTo(OutputStream.nullOutputStream());
  }

  /** Ends our stream; what the other side sends can still be read. */
  void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Breaks the connection off with a RST. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
