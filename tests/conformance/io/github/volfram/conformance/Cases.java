package io.github.volfram.conformance;

import static io.github.volfram.conformance.Case.BINARY;
import static io.github.volfram.conformance.Case.CLOSE;
import static io.github.volfram.conformance.Case.CONTINUATION;
import static io.github.volfram.conformance.Case.FIN;
import static io.github.volfram.conformance.Case.FIRST_TEXT;
import static io.github.volfram.conformance.Case.LAST;
import static io.github.volfram.conformance.Case.PING;
import static io.github.volfram.conformance.Case.PONG;
import static io.github.volfram.conformance.Case.TEXT;
import static io.github.volfram.conformance.Case.closeBody;
import static io.github.volfram.conformance.Case.hex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The cases of Autobahn's sections 1 to 5, 7 and 10, under its numbers. */
final class Cases {

  private static final String HELLO = "Hello, world!";
  private static final int[] SIZES = {0, 125, 126, 127, 128, 65535, 65536};
  private static final int[] SEGMENTS = {0, RawPeer.PER_FRAME, 1};

  private final List<Case> all = new ArrayList<>();

  private Cases() {}

  /** The cases of sections 1 to 7 and 10. */
  static List<Case> ofAutobahn() {
    Cases cases = new Cases();
    cases.echoes();
    cases.pings();
    cases.reservedBits();
    cases.opcodes();
    cases.fragments();
    cases.all.addAll(TextCases.all());
    cases.closing();
    cases.closeCodes();
    cases
        .add("10.1.1", "echoes a text in fragments of 1300 bytes")
        .fragments(FIRST_TEXT, filled(65536, '*'), 1300)
        .text(filled(65536, '*'));
    return cases.all;
  }

  private Case add(String id, String what) {
    Case added = Case.of(id, what);
    all.add(added);
    return added;
  }

  static byte[] filled(int length, int value) {
    byte[] filled = new byte[length];
    Arrays.fill(filled, (byte) value);
    return filled;
  }

  private void echoes() {
    for (int i = 0; i < SIZES.length; i++) {
      int n = i + 1;
      byte[] text = filled(SIZES[i], '*');
      byte[] binary = filled(SIZES[i], 0xFE);
      add("1.1." + n, "echoes a text of " + SIZES[i] + " bytes").frame(TEXT, text).text(text);
      add("1.2." + n, "echoes " + SIZES[i] + " bytes").frame(BINARY, binary).binary(binary);
    }
    byte[] text = filled(65536, '*');
    byte[] binary = filled(65536, 0xFE);
    add("1.1.8", "echoes a text that comes in segments").frame(TEXT, text).segments(997).text(text);
    add("1.2.8", "echoes bytes that come in segments")
        .frame(BINARY, binary)
        .segments(997)
        .binary(binary);
  }

  private void pings() {
    byte[] longest = filled(125, 0xFE);
    byte[] bytes = hex("00fffefdfcfb00ff");
    add("2.1", "answers an empty ping").frame(PING).pong("");
    add("2.2", "answers a ping of text").frame(PING, HELLO).pong(HELLO);
    add("2.3", "answers a ping of bytes").frame(PING, bytes).pong(bytes);
    add("2.4", "answers a ping of 125 bytes").frame(PING, longest).pong(longest);
    add("2.5", "fails a ping of 126 bytes").frame(PING, filled(126, 0xFE)).fails(1002);
    add("2.6", "answers a ping that comes byte by byte")
        .frame(PING, longest)
        .segments(1)
        .pong(longest);
    add("2.7", "ignores an empty pong").frame(PONG);
    add("2.8", "ignores a pong").frame(PONG, "unsolicited pong payload");
    add("2.9", "ignores a pong and answers the ping after it")
        .frame(PONG, "unsolicited pong payload")
        .frame(PING, "ping payload")
        .pong("ping payload");
    Case whole = add("2.10", "answers ten pings in order");
    Case byByte = add("2.11", "answers ten pings that come byte by byte in order").segments(1);
    for (int i = 0; i < 10; i++) {
      whole.frame(PING, "payload-" + i).pong("payload-" + i);
      byByte.frame(PING, "payload-" + i).pong("payload-" + i);
    }
  }

  private void reservedBits() {
    add("3.1", "fails a text with RSV3").frame(TEXT | 0x10, HELLO).fails(1002);
    for (int i = 0; i < 3; i++) {
      add("3." + (i + 2), "echoes what came before a text with RSV bits " + (i + 2))
          .segments(SEGMENTS[i])
          .frame(TEXT, HELLO)
          .frame(TEXT | (i + 2) << 4, HELLO)
          .frame(PING)
          .text(HELLO)
          .fails(1002);
    }
    add("3.5", "fails bytes with RSV1 and RSV3").frame(BINARY | 0x50, hex("00fffe")).fails(1002);
    add("3.6", "fails bytes with RSV1 and RSV2").frame(BINARY | 0x60, hex("00fffe")).fails(1002);
    add("3.7", "fails a close frame with all RSV bits").frame(CLOSE | 0x70).fails(1002);
  }

  private void opcodes() {
    for (int group = 1; group <= 2; group++) {
      int first = group == 1 ? 3 : 11;
      String id = "4." + group + ".";
      String opcode = "opcode ";
      add(id + 1, "fails " + opcode + first).frame(FIN | first).fails(1002);
      add(id + 2, "fails " + opcode + (first + 1) + " with payload")
          .frame(FIN | first + 1, "reserved opcode payload")
          .fails(1002);
      for (int i = 0; i < 3; i++) {
        add(id + (i + 3), "echoes what came before " + opcode + (first + 2 + i))
            .segments(SEGMENTS[i])
            .frame(TEXT, HELLO)
            .frame(FIN | first + 2 + i, i == 0 ? "" : "reserved opcode payload")
            .frame(PING)
            .text(HELLO)
            .fails(1002);
      }
    }
  }

  private void fragments() {
    add("5.1", "fails a ping in fragments")
        .frame(PING & ~FIN, "fragment1")
        .frame(LAST, "fragment2")
        .fails(1002);
    add("5.2", "fails a pong in fragments")
        .frame(PONG & ~FIN, "fragment1")
        .frame(LAST, "fragment2")
        .fails(1002);
    for (int i = 0; i < 3; i++) {
      add("5." + (i + 3), "echoes a text in two fragments")
          .segments(SEGMENTS[i])
          .frame(FIRST_TEXT, "fragment1")
          .frame(LAST, "fragment2")
          .text("fragment1fragment2");
      add("5." + (i + 6), "answers a ping between fragments first")
          .segments(SEGMENTS[i])
          .frame(FIRST_TEXT, "fragment1")
          .frame(PING, "ping payload")
          .frame(LAST, "fragment2")
          .pong("ping payload")
          .text("fragment1fragment2");
      add("5." + (i + 9), "fails a last fragment that continues nothing")
          .segments(SEGMENTS[i])
          .frame(LAST, "non-continuation payload")
          .frame(TEXT, HELLO)
          .fails(1002);
      add("5." + (i + 12), "fails a fragment that continues nothing")
          .segments(SEGMENTS[i])
          .frame(CONTINUATION, "non-continuation payload")
          .frame(TEXT, HELLO)
          .fails(1002);
    }
    add("5.15", "echoes the text before a fragment that continues nothing")
        .frame(FIRST_TEXT, "fragment1")
        .frame(LAST, "fragment2")
        .frame(CONTINUATION, "fragment3")
        .frame(TEXT, "fragment4")
        .text("fragment1fragment2")
        .fails(1002);
    for (int i = 0; i < 2; i++) {
      int stray = i == 0 ? CONTINUATION : LAST;
      Case repeated = add("5." + (16 + i), "fails a stray fragment before a good message, twice");
      for (int times = 0; times < 2; times++) {
        repeated.frame(stray, "fragment1").frame(FIRST_TEXT, "fragment2").frame(LAST, "fragment3");
      }
      repeated.fails(1002);
    }
    add("5.18", "fails a second text within a text")
        .frame(FIRST_TEXT, "fragment1")
        .frame(TEXT, "fragment2")
        .fails(1002);
    for (int i = 0; i < 2; i++) {
      add("5." + (19 + i), "answers pings at once while a message is incomplete")
          .segments(i == 0 ? 0 : RawPeer.PER_FRAME)
          .frame(FIRST_TEXT, "fragment1")
          .frame(CONTINUATION, "fragment2")
          .frame(PING, "pongme 1!")
          .pong("pongme 1!")
          .await()
          .frame(CONTINUATION, "fragment3")
          .frame(CONTINUATION, "fragment4")
          .frame(PING, "pongme 2!")
          .pong("pongme 2!")
          .await()
          .frame(LAST, "fragment5")
          .text("fragment1fragment2fragment3fragment4fragment5");
    }
  }

  private void closing() {
    byte[] normal = closeBody(1000, "");
    add("7.1.1", "answers a close frame after an echo")
        .frame(TEXT, HELLO)
        .frame(CLOSE, normal)
        .text(HELLO)
        .closes(1000);
    add("7.1.2", "answers the first of two close frames")
        .frame(CLOSE, normal)
        .frame(CLOSE, normal)
        .closes(1000);
    add("7.1.3", "answers no ping after a close frame")
        .frame(CLOSE, normal)
        .frame(PING, HELLO)
        .closes(1000);
    add("7.1.4", "echoes no text after a close frame")
        .frame(CLOSE, normal)
        .frame(TEXT, HELLO)
        .closes(1000);
    add("7.1.5", "answers a close frame amidst a message")
        .frame(FIRST_TEXT, "fragment1")
        .frame(CLOSE, normal)
        .frame(LAST, "fragment2")
        .closes(1000);
    byte[] large = filled(256 << 10, 'B');
    add("7.1.6", "echoes 256 KiB and a text before it answers a close frame")
        .frame(TEXT, large)
        .frame(TEXT, HELLO)
        .frame(CLOSE, normal)
        .frame(PING)
        .text(large)
        .text(HELLO)
        .closes(1000);
    add("7.3.1", "answers an empty close frame with one").frame(CLOSE).closes(1005);
    add("7.3.2", "fails a close frame of one byte").frame(CLOSE, "a").fails(1002);
    add("7.3.3", "answers a code").frame(CLOSE, normal).closes(1000);
    add("7.3.4", "answers a code with a reason")
        .frame(CLOSE, closeBody(1000, "Hello World!"))
        .closes(1000);
    add("7.3.5", "answers a code with a reason of 123 bytes")
        .frame(CLOSE, closeBody(1000, "*".repeat(123)))
        .closes(1000);
    add("7.3.6", "fails a close frame of 126 bytes")
        .frame(CLOSE, closeBody(1000, "*".repeat(124)))
        .fails(1002);
    add("7.5.1", "fails a reason that is not UTF-8")
        .frame(CLOSE, hex("03e8cebae1bdb9cf83cebcceb5eda080656469746564"))
        .fails(1007);
  }

  private void closeCodes() {
    int[] good = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999};
    for (int i = 0; i < good.length; i++) {
      add("7.7." + (i + 1), "answers code " + good[i])
          .frame(CLOSE, closeBody(good[i], ""))
          .closes(good[i]);
    }
    int[] bad = {0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999};
    for (int i = 0; i < bad.length; i++) {
      add("7.9." + (i + 1), "fails code " + bad[i])
          .frame(CLOSE, closeBody(bad[i], "reason"))
          .fails(1002);
    }
    add("7.13.1", "fails code 5000").frame(CLOSE, closeBody(5000, "")).fails(1002);
    add("7.13.2", "fails code 65535").frame(CLOSE, closeBody(65535, "")).fails(1002);
  }
}
