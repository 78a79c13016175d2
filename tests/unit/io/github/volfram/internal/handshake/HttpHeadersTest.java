package io.github.volfram.internal.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpHeadersTest {

  private final HttpHeaders headers =
      HttpHeaders.builder()
          .add("Set-Cookie", "a=1")
          .add("X-One", "1")
          .add("set-cookie", "b=2")
          .build();

  @Test
  void namesCompareWithoutCase_rfc9110_5_1() {
    assertEquals("a=1", headers.first("SET-COOKIE"));
    assertEquals(List.of("a=1", "b=2"), headers.all("Set-cookie"));
    assertEquals(List.of("a=1", "b=2"), headers.asMap().get("sEt-cOOkie"));
    assertNull(headers.first("Cookie"));
    assertEquals(List.of(), headers.all("Cookie"));
  }

  @Test
  void mapKeepsTheFirstSpellingAndCannotBeChanged() {
    assertEquals(List.of("Set-Cookie", "X-One"), List.copyOf(headers.asMap().keySet()));
    assertThrows(UnsupportedOperationException.class, () -> headers.asMap().clear());
    assertThrows(UnsupportedOperationException.class, () -> headers.all("x-one").clear());
  }

  @Test
  void orderIsKept() {
    assertEquals("Set-Cookie: a=1, X-One: 1, set-cookie: b=2", headers.toString());
    assertEquals(3, headers.size());
    assertEquals("set-cookie", headers.name(2));
    assertEquals("b=2", headers.value(2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:", "a\r\n", "é", "a\0", "(a)", " a", "a,b", "İ"})
  void nameThatIsNoTokenIsRefused_rfc9110_5_6_2(String name) {
    assertThrows(IllegalArgumentException.class, () -> HttpHeaders.of(name, "v"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\rb", "a\nb", "a\0b", "a\u007f", "a\u001b[0m", "€", "a\r\nX: y", "\u010a"})
  void valueThatCouldEndItsLineIsRefusedAndNotRepeated_rfc9110_5_5(String value) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> HttpHeaders.of("Authorization", value));
    assertFalse(refused.getMessage().contains(value));
  }

  @Test
  void blanksAndObsTextAreAllowedInAValue_rfc9110_5_5() {
    assertEquals("a b\tc é", HttpHeaders.of("X", "a b\tc é").first("x"));
    assertEquals("", HttpHeaders.of("X", "").first("x"));
  }
}
