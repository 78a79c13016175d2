package io.github.volfram.internal.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectTest {

  private static HttpHead response(int status, String... locations) throws HandshakeViolation {
    HttpHeaders.Builder headers = HttpHeaders.builder();
    for (String location : locations) {
      headers.add("Location", location);
    }
    return HttpHead.response("HTTP/1.1", status, "", headers.build());
  }

  private static Redirect redirect(String current, String location) throws HandshakeViolation {
    return Redirect.of(response(302, location), URI.create(current));
  }

  @ParameterizedTest
  @CsvSource({
    "ws://a/b/c?d, /e, ws://a/e",
    "ws://a/b/c?d, e?f, ws://a/b/e?f",
    "ws://a/b/c?d, ../e, ws://a/e",
    "ws://a/b/c?d, ?e, ws://a/b/c?e",
    "ws://a/b/c?d, #e, ws://a/b/c?d",
    "ws://a/b/c?d, '', ws://a/b/c?d",
    "ws://a, e, ws://a/e",
    "ws://a?d, ?e, ws://a/?e",
    "ws://a:81/b, /c, ws://a:81/c",
    "ws://a/, http://b:80/c, ws://b/c",
    "ws://a/, https://b/c#d, wss://b/c",
    "ws://a/, wss://b, wss://b/",
    "wss://a/, //b/c, wss://b/c",
    "wss://a/, HTTPS://B:444/%7Ec?%20, wss://b:444/%7Ec?%20",
    "ws://a_b/, /c, ws://a_b/c",
    "ws://[::1]:9/, /c, ws://[::1]:9/c",
    "ws://u:p@a/, /c, ws://a/c",
  })
  void locationIsResolved_rfc9110_10_2_2(String current, String location, String next)
      throws Exception {
    assertEquals(URI.create(next), redirect(current, location).uri());
  }

  @Test
  void bytesAboveAsciiArePercentEncoded() throws Exception {
    assertEquals(URI.create("ws://a/%C3%A9"), redirect("ws://a/", "/\u00c3\u00a9").uri());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://a/",
        "file:///etc/passwd",
        "mailto:a",
        "javascript:alert(1)",
        "http:///x",
        "ws:x",
        "http://u:p@a/",
        "//u@a/",
        "http://a:70000/",
        "http://a b/",
        "/a b",
        "http://[::1",
        "%zz",
        "http://a:b/"
      })
  void strangePlacesAreRefused(String location) {
    assertThrows(HandshakeViolation.class, () -> redirect("ws://a/", location));
  }

  @Test
  void stepFromTlsToPlainTextIsRefused() throws Exception {
    assertThrows(HandshakeViolation.class, () -> redirect("wss://a/", "ws://a/"));
    assertThrows(HandshakeViolation.class, () -> redirect("https://a/", "http://a/"));
    assertEquals(URI.create("wss://a/"), redirect("ws://a/", "wss://a/").uri());
  }

  @ParameterizedTest
  @CsvSource({
    "ws://a/, /b, false",
    "ws://a/, http://A:80/b, false",
    "https://a/, wss://a:443/, false",
    "ws://a/, ws://b/, true",
    "ws://a/, ws://a:81/, true",
    "ws://a/, wss://a/, true",
    "wss://a/, wss://sub.a/, true",
  })
  void anotherOriginDropsCredentials(String current, String location, boolean drops)
      throws Exception {
    assertEquals(drops, redirect(current, location).dropsCredentials());
  }

  @Test
  void credentialsAreLeftOutForAnotherOriginOnly() throws Exception {
    HttpHeaders headers =
        HttpHeaders.builder()
            .add("AUTHORIZATION", "a")
            .add("Cookie", "b")
            .add("X", "c")
            .add("proxy-authorization", "d")
            .build();
    assertSame(headers, redirect("ws://a/", "/b").headers(headers));
    assertEquals("X: c", redirect("ws://a/", "ws://b/").headers(headers).toString());
  }

  @Test
  void onlyARedirectWithOneLocationIsFollowed_rfc9110_15_4() throws Exception {
    URI current = URI.create("ws://a/");
    for (int status : new int[] {301, 302, 303, 307, 308}) {
      assertTrue(Redirect.isRedirect(status));
      assertEquals(URI.create("ws://a/b"), Redirect.of(response(status, "/b"), current).uri());
    }
    for (int status : new int[] {200, 300, 304, 305, 306, 401}) {
      assertFalse(Redirect.isRedirect(status));
      assertThrows(HandshakeViolation.class, () -> Redirect.of(response(status, "/b"), current));
    }
    assertThrows(HandshakeViolation.class, () -> Redirect.of(response(302), current));
    assertThrows(HandshakeViolation.class, () -> Redirect.of(response(302, "/b", "/b"), current));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a", "ftp://a/", "ws:a", "http:///a"})
  void currentUriMustBeOfAWebSocket(String current) {
    assertThrows(IllegalArgumentException.class, () -> redirect(current, "/b"));
  }
}
