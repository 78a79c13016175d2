package io.github.volfram.internal.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {

  @Test
  void absoluteFormGivesItsAuthorityAndPath_rfc9112_3_2_2() {
    RequestTarget target = RequestTarget.parse("http://Example.org:80/a?b");
    assertEquals(new RequestTarget("/a", "b", new Authority("example.org", 80)), target);
    assertEquals("/", RequestTarget.parse("WSS://x").path());
    assertEquals(
        new RequestTarget("/", "a/b", new Authority("x", -1)), RequestTarget.parse("ws://x?a/b"));
  }

  @Test
  void originFormMayHoldASchemeInItsPath_rfc9112_3_2_1() {
    assertEquals(new RequestTarget("/http://a", null, null), RequestTarget.parse("/http://a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "host:80", "ftp://x/", "http://", "http:///a", "http://a b/", "://"})
  void otherFormsHaveNoPath(String target) {
    assertFalse(RequestTarget.parse(target).hasPath());
  }

  @ParameterizedTest
  @CsvSource({
    "example.org,example.org,-1",
    "EXAMPLE.org:8080,example.org,8080",
    "127.0.0.1:1,127.0.0.1,1",
    "[::1],[::1],-1",
    "[FE80::1.2.3.4]:65535,[fe80::1.2.3.4],65535",
    "a_b-c~d%2D:,a_b-c~d%2d,-1",
  })
  void hostAndPortAreParsed_rfc3986_3_2(String text, String host, int port) {
    assertEquals(new Authority(host, port), Authority.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":80",
        "a:b",
        "a:65536",
        "a:-1",
        "a:80:80",
        "user@a",
        "a b",
        "a/b",
        "a,b c",
        "[::1",
        "[]",
        "[:]",
        "[a:1]",
        "[::1]x",
        "[::1]x:80",
        "[g::1]",
        "::1",
        "a%",
        "a%2",
        "a%zz",
        "é",
        "a:１",
        "a?",
        "a#",
        "a\\b",
        "[1234]"
      })
  void malformedHostIsRefused_rfc3986_3_2(String text) {
    assertNull(Authority.parse(text));
  }

  @Test
  void authorityPrintsAsItIsSent() {
    assertEquals("a:1", String.valueOf(Authority.parse("a:1")));
    assertEquals("[::1]", String.valueOf(Authority.parse("[::1]")));
    Authority authority = Authority.parse("a");
    assertNotNull(authority);
    assertEquals(443, authority.portOr(443));
  }
}
