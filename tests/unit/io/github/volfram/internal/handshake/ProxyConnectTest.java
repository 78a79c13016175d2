package io.github.volfram.internal.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.internal.handshake.ProxyConnect.State;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyConnectTest {

  private static final String ESTABLISHED =
      Wire.lines("HTTP/1.1 200 Connection established", "Content-Length: 99");

  private final ProxyConnect connect = tunnel();

  private static ProxyConnect tunnel() {
    return new ProxyConnect(HandshakeLimits.DEFAULT, "origin.example", 443, null);
  }

  private static int feed(ProxyConnect connect, String text) {
    return connect.receive(Wire.bytes(text), 0, text.length());
  }

  @Test
  void requestNamesTheOrigin_rfc9110_9_3_6() {
    assertEquals(
        Wire.lines("CONNECT origin.example:443 HTTP/1.1", "Host: origin.example:443"),
        Wire.text(connect.request()));
  }

  @Test
  void credentialsAreBasic_rfc7617_2() {
    String basic = ProxyConnect.basic("Aladdin", "open sesame");
    assertEquals("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", basic);
    assertEquals("Basic dGVzdDoxMjPCow==", ProxyConnect.basic("test", "123\u00a3"));
    ProxyConnect proxy = new ProxyConnect(HandshakeLimits.DEFAULT, "::1", 80, basic);
    assertEquals(
        Wire.lines(
            "CONNECT [::1]:80 HTTP/1.1",
            "Host: [::1]:80",
            "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        Wire.text(proxy.request()));
  }

  @ParameterizedTest
  @CsvSource({"a:b,c", "'a\r\n',c", "a,'c\0'", "a,'c\u007f'"})
  void credentialsThatCannotBeSentAreRefusedAndNotShown_rfc7617_2(String user, String password) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> ProxyConnect.basic(user, password));
    assertFalse(refused.getMessage().contains(user + ":"));
  }

  @ParameterizedTest
  @CsvSource({"'',1", "a b,1", "a/b,1", "'a\r\nb',1", "u@a,1", "a,0", "a,-1", "a,65536", "a:1,2"})
  void originThatCannotBeSentIsRefused(String host, int port) {
    assertThrows(
        IllegalArgumentException.class,
        () -> new ProxyConnect(HandshakeLimits.DEFAULT, host, port, null));
  }

  @Test
  void authorizationThatCannotBeSentIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new ProxyConnect(HandshakeLimits.DEFAULT, "a", 1, "x\r\ny: z"));
  }

  @Test
  void bytesBehind200AreTheOriginsAtAnySplit_rfc9110_9_3_6() {
    String wire = Wire.lines("HTTP/1.1 100 Continue") + ESTABLISHED + "origin";
    for (int split = 0; split <= wire.length(); split++) {
      ProxyConnect resumed = tunnel();
      int first = resumed.receive(Wire.bytes(wire), 0, split);
      int second = resumed.receive(Wire.bytes(wire), first, wire.length() - first);
      assertEquals(wire.length() - 6, first + second);
      assertEquals(State.OPEN, resumed.state());
      assertNull(resumed.failure());
      assertEquals(0, feed(resumed, "more"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "407 Proxy Authentication Required, AUTHENTICATION_REQUIRED",
    "403 Forbidden, REFUSED",
    "502, REFUSED",
    "302 Found, REFUSED",
  })
  void refusalIsTyped_rfc9110_9_3_6(String status, State state) {
    String wire = Wire.lines("HTTP/1.1 " + status, "Proxy-Authenticate: Basic") + "body";
    assertEquals(wire.length(), feed(connect, wire));
    assertEquals(state, connect.state());
    assertEquals("proxy answered " + status + ", expected 200 to CONNECT", connect.failure());
    HttpHead response = connect.response();
    assertNotNull(response);
    assertEquals("Basic", response.headers().first("proxy-authenticate"));
    assertEquals(4, feed(connect, "more"));
    connect.endOfStream();
    assertEquals(state, connect.state());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH\r\n",
        "HTTP/1.1 200 OK\n\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "\0",
        "200 OK\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n"
      })
  void junkIsMalformed(String junk) {
    feed(connect, junk);
    assertEquals(State.MALFORMED, connect.state());
    assertTrue(String.valueOf(connect.failure()).startsWith("proxy: expected "));
  }

  @Test
  void headWithoutEndIsMalformedAtTheLimit() {
    feed(connect, "HTTP/1.1 200 OK\r\n");
    int fed = 0;
    while (connect.state() == State.READING_RESPONSE) {
      fed += feed(connect, "A: b\r\n");
    }
    assertEquals(State.MALFORMED, connect.state());
    assertTrue(fed <= 606);
    ProxyConnect interim = tunnel();
    feed(interim, Wire.lines("HTTP/1.1 100 Continue").repeat(9));
    assertEquals(State.MALFORMED, interim.state());
  }

  @Test
  void endBeforeTheResponseIsMalformed() {
    feed(connect, "HTTP/1.1 2");
    connect.endOfStream();
    assertEquals(State.MALFORMED, connect.state());
    assertTrue(String.valueOf(connect.failure()).contains("closed the connection"));
  }

  @Test
  void anyBytesEndInAState() {
    Random random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = Wire.bytes(ESTABLISHED).array();
      for (int i = random.nextInt(4); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      ProxyConnect fuzzed = tunnel();
      feed(fuzzed, Wire.text(bytes));
      fuzzed.endOfStream();
      assertTrue(fuzzed.state() != State.READING_RESPONSE);
      assertEquals(fuzzed.state() == State.OPEN, fuzzed.failure() == null);
    }
  }
}
