package io.github.volfram.internal.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.volfram.internal.handshake.Extension.Parameter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExtensionsTest {

  private static List<Extension> parse(String... lines) throws HandshakeViolation {
    return Extensions.parse(List.of(lines));
  }

  @Test
  void listsOfSeveralLinesAreOneList_9_1() throws Exception {
    assertEquals(
        List.of(
            new Extension("foo", List.of()),
            new Extension("bar", List.of(new Parameter("baz", "2", false), Parameter.flag("flag"))),
            new Extension("foo", List.of(new Parameter("q", "a.b", true)))),
        parse(" foo,bar; baz=2 ;flag", "foo;q=\"a\\.b\""));
  }

  @Test
  void noLineIsNoExtension_9_1() throws Exception {
    assertEquals(List.of(), parse());
  }

  @Test
  void blanksAndEmptyElementsAreSkipped_rfc9110_5_6_1() throws Exception {
    assertEquals(
        List.of(new Extension("a", List.of(Parameter.of("b", 1))), new Extension("c", List.of())),
        parse(", a ;\tb = 1 , ,c,"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "a b",
        "a;",
        "a;;b",
        ";a",
        "a;b=",
        "a;=b",
        "a=b",
        "a;b=\"\"",
        "a;b=\"c d\"",
        "a;b=\"c",
        "a;b=\"c\\",
        "a;b=\"c\\\"",
        "a;b=c d",
        "a;b=\"c\"d",
        "a;b=c=d",
        "\"a\"",
        "a/b",
        "\u00e9",
        "a;b=\"\\\"\"",
        "a;b,c;"
      })
  void malformedLineIsAViolation_9_1(String line) {
    HandshakeViolation violation = assertThrows(HandshakeViolation.class, () -> parse(line));
    assertEquals("RFC 6455 §9.1", violation.rfcSection());
  }

  @Test
  void formattedExtensionsAreParsedAlike() throws Exception {
    List<Extension> extensions =
        List.of(
            new Extension("a", List.of(Parameter.flag("b"), Parameter.of("c", 12))),
            new Extension("d", List.of()));
    assertEquals("a; b; c=12, d", Extensions.format(extensions));
    assertEquals(extensions, parse(Extensions.format(extensions)));
  }
}
