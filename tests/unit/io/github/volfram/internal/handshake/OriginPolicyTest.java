package io.github.volfram.internal.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginPolicyTest {

  private static HttpHead request(String target, String... headers) throws HandshakeViolation {
    HttpHeadParser parser = HttpHeadParser.forRequest(HandshakeLimits.DEFAULT);
    String text = "GET " + target + " HTTP/1.1\r\n" + Wire.lines(String.join("\r\n", headers));
    parser.receive(Wire.bytes(text), 0, text.length());
    return parser.head();
  }

  private static HttpHead request(String target, String host, String origin)
      throws HandshakeViolation {
    return request(target, new String[] {"Host: " + host, "Origin: " + origin});
  }

  @ParameterizedTest
  @CsvSource({
    "example.org, http://example.org, false",
    "EXAMPLE.org, http://example.ORG, false",
    "example.org:80, http://example.org, false",
    "example.org, HTTP://example.org:80, false",
    "example.org, https://example.org, true",
    "example.org:443, https://example.org, true",
    "example.org:8443, https://example.org:8443, true",
    "[::1]:8080, http://[::1]:8080, false",
  })
  void sameOriginIsAllowed_10_2(String host, String origin, boolean secure) throws Exception {
    assertNull(OriginPolicy.sameOrigin().refusal(request("/", host, origin), secure));
  }

  @ParameterizedTest
  @CsvSource({
    "example.org, http://evil.example, false",
    "example.org, https://example.org, false",
    "example.org, http://example.org, true",
    "example.org, http://example.org:8080, false",
    "example.org:8080, http://example.org, false",
    "example.org, http://sub.example.org, false",
    "example.org, http://example.org.evil.example, false",
    "example.org, http://example.org@evil.example, false",
    "example.org, http://example.org/, false",
    "example.org, ws://example.org, false",
    "example.org, null, false",
    "example.org, example.org, false",
    "example.org, file://, false",
    "example.org, http://, false",
    "example.org, *, false",
  })
  void crossOriginIsRefused_10_2(String host, String origin, boolean secure) throws Exception {
    String refusal = OriginPolicy.sameOrigin().refusal(request("/", host, origin), secure);
    assertNotNull(refusal);
  }

  @Test
  void refusalSaysWhatWasExpected_10_2() throws Exception {
    assertEquals(
        "expected Origin https://a:8443, got \"http://b\" (RFC 6455 §10.2)",
        OriginPolicy.sameOrigin().refusal(request("/", "a:8443", "http://b"), true));
    assertEquals(
        "expected a listed Origin, got \"http://b\" (RFC 6455 §10.2)",
        OriginPolicy.listed(List.of("http://a")).refusal(request("/", "b", "http://b"), false));
  }

  @Test
  void requestWithoutOriginIsAllowed_4_2_1() throws Exception {
    HttpHead request = request("/", "Host: x");
    assertNull(OriginPolicy.sameOrigin().refusal(request, false));
    assertNull(OriginPolicy.listed(List.of()).refusal(request, false));
    assertNull(OriginPolicy.any().refusal(request, false));
  }

  @Test
  void severalOriginsAreRefused_rfc6454_7_3() throws Exception {
    HttpHead request = request("/", "Host: x", "Origin: http://x", "Origin: http://x");
    assertNotNull(OriginPolicy.sameOrigin().refusal(request, false));
    assertNotNull(OriginPolicy.listed(List.of("http://x")).refusal(request, false));
    assertNull(OriginPolicy.any().refusal(request, false));
  }

  @Test
  void listedOriginsAndNoOthersAreAllowed_10_2() throws Exception {
    OriginPolicy policy =
        OriginPolicy.listed(List.of("https://Example.org:443", "http://b:81", "null"));
    assertNull(policy.refusal(request("/", "x", "https://example.org"), false));
    assertNull(policy.refusal(request("/", "x", "http://b:81"), true));
    assertNull(policy.refusal(request("/", "x", "null"), true));
    assertNotNull(policy.refusal(request("/", "x", "http://x"), false));
    assertNotNull(policy.refusal(request("/", "x", "http://example.org"), false));
    assertNotNull(policy.refusal(request("/", "x", "https://example.org.evil"), false));
    assertNotNull(policy.refusal(request("/", "x", "garbage"), false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"example.org", "https://x/", "*", "", "ftp://x", "ws://x", "https://*.x/", "//x"})
  void originThatNoHeaderCouldEqualIsRefused_rfc6454_6_2(String origin) {
    assertThrows(IllegalArgumentException.class, () -> OriginPolicy.listed(List.of(origin)));
  }

  @Test
  void absoluteTargetCountsMoreThanHost_rfc9112_3_2_2() throws Exception {
    assertNotNull(OriginPolicy.sameOrigin().refusal(request("http://a/", "b", "http://b"), false));
    assertNull(OriginPolicy.sameOrigin().refusal(request("http://a/", "b", "http://a"), false));
  }

  @Test
  void anyOriginIsAllowedWhereTheCheckIsOff() throws Exception {
    assertNull(OriginPolicy.any().refusal(request("/", "x", "http://evil"), false));
  }
}
