package io.github.volfram.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A client that does with its socket what a test tells it to: no protocol answers by itself. */
final class RawClient implements AutoCloseable {

  static final String REQUEST =
      """
      GET /raw HTTP/1.1\r
      Host: 127.0.0.1\r
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Version: 13\r
      Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
      \r
      """;

  final Socket socket;
  private final DataInputStream in;

  /** Connects to this port of the loopback interface. */
  RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(EventLog.PATIENCE_SECONDS * 1000);
    in = new DataInputStream(socket.getInputStream());
  }

  /** Connects, and completes the opening handshake. */
  static RawClient open(int port) throws IOException {
    RawClient client = new RawClient(port);
    client.send(REQUEST.getBytes(StandardCharsets.US_ASCII));
    String status = client.line();
    assertTrue(status.startsWith("HTTP/1.1 101"), status);
    while (!client.line().isEmpty()) {
      // The headers are of no interest.
    }
    return client;
  }

  /** A whole frame with a masking key of zeros, and a payload of at most 125 bytes. */
  static byte[] frame(int opcode, byte[] payload) {
    byte[] frame = new byte[6 + payload.length];
    frame[0] = (byte) (0x80 | opcode);
    frame[1] = (byte) (0x80 | payload.length);
    System.arraycopy(payload, 0, frame, 6, payload.length);
    return frame;
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Reads a frame of at most 125 bytes of payload, which must have this opcode. */
  byte[] receive(int opcode) throws IOException {
    int first = in.readUnsignedByte();
    assertTrue(first == (0x80 | opcode), "the first byte is " + Integer.toHexString(first));
    byte[] payload = new byte[in.readUnsignedByte()];
    in.readFully(payload);
    return payload;
  }

  /** Reads until the peer closes the connection, which it must, and forgets what it reads. */
  void drain() throws SocketTimeoutException {
    try {
      in.skipNBytes(Long.MAX_VALUE);
    } catch (SocketTimeoutException stillOpen) {
      throw stillOpen;
    } catch (IOException ended) {
      // With the end of the stream or with a reset.
    }
  }

  /** Resets the connection. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.readUnsignedByte(); b != '\n'; b = in.readUnsignedByte()) {
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }
}
