package io.github.volfram.conformance;

import static io.github.volfram.conformance.Case.CONTINUATION;
import static io.github.volfram.conformance.Case.FIRST_TEXT;
import static io.github.volfram.conformance.Case.LAST;
import static io.github.volfram.conformance.Case.TEXT;
import static io.github.volfram.conformance.Case.hex;
import static io.github.volfram.conformance.Case.utf8;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The cases of Autobahn's section 6 (RFC 6455 §8.1): good and bad UTF-8, after the stress test for
 * decoders by Markus Kuhn.
 */
final class TextCases {

  private static final String KOSME = "cebae1bdb9cf83cebcceb5";
  private static final String EDITED = "656469746564";
  private static final String OVERLONG_START = "c0 e080 f08080 f8808080 fc80808080";

  private final List<Case> all = new ArrayList<>();

  private TextCases() {}

  static List<Case> all() {
    TextCases cases = new TextCases();
    cases.framing();
    cases.sequences();
    return cases.all;
  }

  private Case add(String id, String what) {
    Case added = Case.of(id, what);
    all.add(added);
    return added;
  }

  private void framing() {
    String text = "Hello-µ@ßöäüàá-UTF-8!!";
    byte[] bytes = utf8(text);
    add("6.1.1", "echoes an empty text").frame(TEXT).text("");
    add("6.1.2", "echoes three empty fragments")
        .frame(FIRST_TEXT)
        .frame(CONTINUATION)
        .frame(LAST)
        .text("");
    add("6.1.3", "echoes a fragment between empty ones")
        .frame(FIRST_TEXT)
        .frame(CONTINUATION, "middle frame payload")
        .frame(LAST)
        .text("middle frame payload");
    add("6.2.1", "echoes UTF-8").frame(TEXT, text).text(text);
    add("6.2.2", "echoes UTF-8 in fragments that end with a character")
        .frame(FIRST_TEXT, "Hello-µ@ßöä")
        .frame(LAST, "üàá-UTF-8!!")
        .text(text);
    add("6.2.3", "echoes UTF-8 in fragments of one byte")
        .fragments(FIRST_TEXT, bytes, 1)
        .text(text);
    add("6.2.4", "echoes three-byte characters in fragments of one byte")
        .fragments(FIRST_TEXT, hex(KOSME), 1)
        .text(hex(KOSME));
    byte[] surrogate = hex(KOSME + "eda080" + EDITED);
    add("6.3.1", "fails a surrogate").frame(TEXT, surrogate).fails(1007);
    add("6.3.2", "fails a surrogate in fragments of one byte")
        .fragments(FIRST_TEXT, surrogate, 1)
        .fails(1007);
    byte[] beyond = hex(KOSME + "f4908080" + EDITED);
    add("6.4.1", "fails before the end of the message")
        .frame(FIRST_TEXT, hex(KOSME))
        .frame(CONTINUATION, hex("f4908080"))
        .fails(1007);
    add("6.4.2", "fails before the end of the message, at the bad byte")
        .frame(FIRST_TEXT, hex(KOSME + "f4"))
        .frame(CONTINUATION, hex("90"))
        .fails(1007);
    add("6.4.3", "fails before the end of the frame").beginning(TEXT, beyond, 15).fails(1007);
    add("6.4.4", "fails before the end of the frame, at the bad byte")
        .beginning(TEXT, beyond, 13)
        .fails(1007);
  }

  private void sequences() {
    list("6.5", true, hexOf("hello$world hello¢world hello€world hello𤭢world") + " " + KOSME);
    prefixes();
    list("6.7", true, "00 c280 e0a080 f0908080");
    list("6.8", false, "f888808080 fc8480808080");
    list("6.9", true, "7f dfbf efbfbf f48fbfbf");
    list("6.10", false, "f7bfbfbf fbbfbfbfbf fdbfbfbfbfbf");
    list("6.11", true, "ed9fbf ee8080 efbfbd f48fbfbf");
    one("6.11.5", false, "f4908080");
    list(
        "6.12",
        false,
        "80 bf 80bf 80bf80 80bf80bf 80bf80bf80 80bf80bf80bf " + range(0x80, 0xbf, ""));
    list(
        "6.13",
        false,
        String.join(
            " ",
            range(0xc0, 0xdf, "20"),
            range(0xe0, 0xef, "20"),
            range(0xf0, 0xf7, "20"),
            range(0xf8, 0xfb, "20"),
            range(0xfc, 0xfd, "20")));
    String incomplete = OVERLONG_START + " df efbf f7bfbf fbbfbfbf fdbfbfbfbf";
    list("6.14", false, incomplete);
    list("6.15", false, incomplete.replace(" ", ""));
    list("6.16", false, "fe ff fefeffff");
    list("6.17", false, "c0af e080af f08080af f8808080af fc80808080af");
    list("6.18", false, "c1bf e09fbf f08fbfbf f887bfbfbf fc83bfbfbfbf");
    list("6.19", false, "c080 e08080 f0808080 f880808080 fc8080808080");
    list("6.20", false, "eda080 edadbf edae80 edafbf edb080 edbe80 edbfbf");
    list(
        "6.21",
        false,
        "eda080edb080 eda080edbfbf edadbfedb080 edadbfedbfbf"
            + " edae80edb080 edae80edbfbf edafbfedb080 edafbfedbfbf");
    int n = 1;
    for (int plane = 0; plane <= 16; plane++) { // U+xxFFFE and U+xxFFFF
      for (int last = 0xFFFE; last <= 0xFFFF; last++) {
        one("6.22." + n++, true, hexOf(Character.toString(plane << 16 | last)));
      }
    }
    for (int special = 0xFFF9; special <= 0xFFFF; special++) {
      one("6.23." + (special - 0xFFF8), true, hexOf(Character.toString(special)));
    }
  }

  private void prefixes() {
    for (int bytes = 1; bytes <= KOSME.length() / 2; bytes++) {
      boolean whole = bytes == 2 || bytes == 5 || bytes == 7 || bytes == 9 || bytes == 11;
      one("6.6." + bytes, whole, KOSME.substring(0, bytes * 2));
    }
  }

  private void list(String group, boolean good, String sequences) {
    int n = 1;
    for (String sequence : sequences.split(" ")) {
      one(group + "." + n++, good, sequence);
    }
  }

  private void one(String id, boolean good, String hex) {
    Case added = add(id, (good ? "echoes " : "fails ") + hex).frame(TEXT, hex(hex));
    if (good) {
      added.text(hex(hex));
    } else {
      added.fails(1007);
    }
  }

  private static String range(int from, int before, String after) {
    StringBuilder hex = new StringBuilder();
    for (int b = from; b < before; b++) {
      hex.append(Integer.toHexString(b)).append(after);
    }
    return hex.toString();
  }

  /** Hex of words between spaces. */
  private static String hexOf(String words) {
    return HexFormat.of().formatHex(utf8(words)).replace("20", " ");
  }
}
