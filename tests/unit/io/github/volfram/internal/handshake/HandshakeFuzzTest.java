package io.github.volfram.internal.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bytes of all kinds from a fixed seed: nothing is thrown, and it ends within the limits. */
class HandshakeFuzzTest {

  private static final long SEED = 0x6455;
  private static final int ROUNDS = 20_000;
  private static final HandshakeLimits LIMITS = new HandshakeLimits(256, 1024, 16);

  private static final String REQUEST =
      Wire.lines(
          "GET http://a/b?c HTTP/1.1",
          "Host: x:80",
          "Upgrade: websocket",
          "Connection: keep-alive, Upgrade",
          "Sec-WebSocket-Key: " + Wire.SAMPLE_KEY,
          "Sec-WebSocket-Protocol: chat, superchat",
          "Sec-WebSocket-Extensions: a; b=\"c\", permessage-deflate; server_max_window_bits=15",
          "Sec-WebSocket-Version: 13");

  private static final String RESPONSE =
      Wire.lines(
          "HTTP/1.1 101 Switching Protocols",
          "Upgrade: websocket",
          "Connection: Upgrade",
          "Sec-WebSocket-Accept: " + Wire.SAMPLE_ACCEPT,
          "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover");

  private static final String REFUSAL =
      Wire.lines("HTTP/1.1 403 Forbidden", "Transfer-Encoding: chunked")
          + "5\r\nhello\r\n0\r\n\r\n";

  private final Random random = new Random(SEED);

  private byte[] mutated(String text) {
    byte[] bytes = Wire.bytes(text).array();
    for (int i = random.nextInt(4); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    if (random.nextInt(4) == 0) {
      int at = random.nextInt(bytes.length);
      System.arraycopy(bytes, at, bytes, 0, bytes.length - at);
    }
    return bytes;
  }

  private byte[] garbage() {
    byte[] bytes = new byte[random.nextInt(3000)];
    random.nextBytes(bytes);
    return bytes;
  }

  @Test
  void serverTakesAnyBytes() {
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = round % 8 == 0 ? garbage() : mutated(REQUEST);
      ServerHandshake handshake =
          new ServerHandshake(LIMITS, random.nextBoolean(), ServerDeflate.ON);
      int read = 0;
      while (read < bytes.length && handshake.state() != ServerHandshake.State.AWAITING_DECISION) {
        int length = Math.min(1 + random.nextInt(64), bytes.length - read);
        int took = handshake.receive(ByteBuffer.wrap(bytes), read, length);
        assertTrue(took > 0 && took <= length);
        read += took;
        assertTrue(
            read <= LIMITS.maxHeadBytes() + 64
                || handshake.state() == ServerHandshake.State.RESPONDED);
      }
      if (handshake.state() == ServerHandshake.State.RESPONDED) {
        assertTrue(handshake.responseStatus() >= 400 && handshake.response().length < 1024);
      }
    }
  }

  @Test
  void clientTakesAnyBytes() {
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes =
          round % 8 == 0 ? garbage() : mutated(random.nextBoolean() ? RESPONSE : REFUSAL);
      ClientHandshake handshake =
          new ClientHandshake(
              LIMITS,
              "x",
              "/",
              HttpHeaders.EMPTY,
              List.of("chat"),
              List.of(PerMessageDeflateOffer.PLAIN),
              Wire.SAMPLE_NONCE);
      int read = 0;
      while (read < bytes.length && handshake.state() != ClientHandshake.State.OPEN) {
        int length = Math.min(1 + random.nextInt(64), bytes.length - read);
        int took = handshake.receive(ByteBuffer.wrap(bytes), read, length);
        assertTrue(took > 0 && took <= length);
        read += took;
      }
      if (handshake.state() != ClientHandshake.State.OPEN) {
        handshake.endOfStream();
        assertEquals(ClientHandshake.State.FAILED, handshake.state());
        assertTrue(String.valueOf(handshake.failure()).length() < 512);
      }
    }
  }
}
