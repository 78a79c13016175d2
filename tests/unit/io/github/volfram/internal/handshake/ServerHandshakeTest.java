package io.github.volfram.internal.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ServerHandshakeTest {

  private static final String REQUEST =
      "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n"
          + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
          + "Sec-WebSocket-Version: 13\r\n\r\n";

  private static ServerHandshake receive(String request, int split) {
    ServerHandshake handshake = new ServerHandshake(HandshakeLimits.DEFAULT, false);
    ByteBuffer in = ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1));
    int first = handshake.receive(in, 0, split);
    assertEquals(split, first);
    handshake.receive(in, split, in.capacity() - split);
    return handshake;
  }

  @Test
  void theExampleIsAcceptedAtAnySplit_1_3() {
    for (int split = 0; split <= REQUEST.length(); split++) {
      ServerHandshake handshake = receive(REQUEST, split);
      assertEquals(ServerHandshake.State.AWAITING_DECISION, handshake.state());
      assertEquals("/chat", handshake.request().path());
      handshake.accept(null, HttpHeaders.EMPTY);
      String response = new String(handshake.response(), StandardCharsets.ISO_8859_1);
      assertTrue(response.startsWith("HTTP/1.1 101 "), response);
      assertTrue(response.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), response);
    }
  }

  @Test
  void anotherVersionIsAnswered426_4_4() {
    ServerHandshake handshake = receive(REQUEST.replace("Version: 13", "Version: 8"), 0);
    assertEquals(426, handshake.responseStatus());
  }

  @Test
  void anotherMethodIsAnswered405_4_1() {
    assertEquals(405, receive(REQUEST.replace("GET", "POST"), 0).responseStatus());
  }
}
