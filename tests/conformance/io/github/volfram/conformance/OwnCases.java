package io.github.volfram.conformance;

import static io.github.volfram.conformance.Case.BINARY;
import static io.github.volfram.conformance.Case.CLOSE;
import static io.github.volfram.conformance.Case.CONTINUATION;
import static io.github.volfram.conformance.Case.FIN;
import static io.github.volfram.conformance.Case.FIRST_BINARY;
import static io.github.volfram.conformance.Case.FIRST_TEXT;
import static io.github.volfram.conformance.Case.LAST;
import static io.github.volfram.conformance.Case.PING;
import static io.github.volfram.conformance.Case.PONG;
import static io.github.volfram.conformance.Case.RSV1;
import static io.github.volfram.conformance.Case.TEXT;
import static io.github.volfram.conformance.Case.closeBody;
import static io.github.volfram.conformance.Case.hex;
import static io.github.volfram.conformance.Case.utf8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;

/** What Autobahn does not test; the numbers begin with the section of the RFC. */
final class OwnCases {

  /** What an endpoint of these cases takes at most. */
  static final int MAX_MESSAGE_BYTES = 1 << 20;

  private static final String HELLO = "Hello, world!";

  private final List<Case> all = new ArrayList<>();

  private OwnCases() {}

  static List<Case> all() {
    OwnCases cases = new OwnCases();
    cases.masking();
    cases.lengths();
    cases.fragments();
    cases.closing();
    cases.limits();
    cases.deflate();
    cases.badDeflate();
    return cases.all;
  }

  private Case add(String id, String what) {
    Case added = Case.of(id, what);
    all.add(added);
    return added;
  }

  private void masking() {
    add("RFC 6455 5.1 a", "fails a frame masked like its own")
        .frameOfTheOtherSide(TEXT, HELLO)
        .fails(1002);
    add("RFC 6455 5.1 b", "fails a ping masked like its own, after an echo")
        .frame(TEXT, HELLO)
        .frameOfTheOtherSide(PING, "")
        .text(HELLO)
        .fails(1002);
    add("RFC 6455 5.1 c", "fails a close frame masked like its own")
        .frameOfTheOtherSide(CLOSE, "")
        .fails(1002);
  }

  private void lengths() {
    String[] notMinimal = {"0000", "0001", "007d"};
    for (String length : notMinimal) {
      add("RFC 6455 5.2 16-bit " + length, "fails a 16-bit length below 126")
          .header(BINARY, 126, length)
          .fails(1002);
    }
    String[] tooLong = {
      "0000000000000000",
      "000000000000007e",
      "000000000000ffff",
      "8000000000000000",
      "8000000000000001",
      "ffffffffffffffff"
    };
    for (String length : tooLong) {
      add("RFC 6455 5.2 64-bit " + length, "fails a 64-bit length below 65536 or negative")
          .header(BINARY, 127, length)
          .fails(1002);
    }
    add("RFC 6455 5.5 a", "fails a ping with a 16-bit length at its second byte")
        .header(PING, 126, "")
        .fails(1002);
    add("RFC 6455 5.5 b", "fails a pong with a 64-bit length at its second byte")
        .header(PONG, 127, "")
        .fails(1002);
  }

  private void fragments() {
    add("RFC 6455 5.5 c", "fails a close frame in fragments")
        .frame(CLOSE & ~FIN, hex("03"))
        .frame(LAST, hex("e8"))
        .fails(1002);
    add("RFC 6455 5.4 a", "fails bytes within a text")
        .frame(FIRST_TEXT, "a")
        .frame(FIRST_BINARY, "b")
        .fails(1002);
    add("RFC 6455 5.4 b", "fails a text within bytes")
        .frame(FIRST_BINARY, "a")
        .frame(TEXT, "b")
        .fails(1002);
    add("RFC 6455 5.4 c", "answers a ping between any two fragments")
        .frame(FIRST_BINARY)
        .frame(PING, "1")
        .frame(CONTINUATION, "x")
        .frame(PONG, "2")
        .frame(PING)
        .frame(LAST)
        .pong("1")
        .pong("")
        .binary(utf8("x"));
    Case empty = add("RFC 6455 5.4 d", "fails 1,001 empty fragments").frame(FIRST_BINARY);
    for (int i = 0; i < 1000; i++) {
      empty.frame(CONTINUATION);
    }
    empty.fails(1008);
    Case fewer = add("RFC 6455 5.4 e", "echoes a message with 1,000 empty fragments");
    fewer.frame(FIRST_BINARY);
    for (int i = 0; i < 999; i++) {
      fewer.frame(CONTINUATION);
    }
    fewer.frame(LAST, "x").binary(utf8("x"));
    add("RFC 6455 8.1 a", "fails half a character at the end of a message in fragments")
        .frame(FIRST_TEXT, hex("e2"))
        .frame(PING)
        .frame(LAST, hex("82"))
        .pong("")
        .fails(1007);
    add("RFC 6455 8.1 b", "echoes bytes that are not UTF-8")
        .frame(BINARY, hex("fffe80"))
        .binary(hex("fffe80"));
  }

  private void closing() {
    for (int code : new int[] {1012, 1013, 1014}) {
      add("RFC 6455 7.4 " + code, "answers a code of the registry")
          .frame(CLOSE, closeBody(code, ""))
          .closes(code);
    }
    for (int code : new int[] {1, 1015, 2999, 5000}) {
      add("RFC 6455 7.4 " + code, "fails a code that is not to be sent")
          .frame(CLOSE, closeBody(code, ""))
          .fails(1002);
    }
    add("RFC 6455 5.5.1", "sends the echoes of what came before a close frame first")
        .frame(TEXT, "1")
        .frame(BINARY, "2")
        .frame(PING, "3")
        .frame(CLOSE, closeBody(4000, "bye"))
        .frame(TEXT, "4")
        .text("1")
        .binary(utf8("2"))
        .pong("3")
        .closes(4000);
    add("RFC 6455 7.1.7", "ignores a violation after a close frame")
        .frame(CLOSE, closeBody(1000, ""))
        .frame(FIN | 7)
        .closes(1000);
  }

  private void limits() {
    byte[] most = Cases.filled(MAX_MESSAGE_BYTES, 'm');
    add("RFC 6455 10.4 a", "echoes a message as long as the limit").frame(TEXT, most).text(most);
    add("RFC 6455 10.4 b", "fails a longer one at its header")
        .header(TEXT, 127, "0000000000100001")
        .fails(1009);
    add("RFC 6455 10.4 c", "fails the longest length at its header")
        .header(BINARY, 127, "7fffffffffffffff")
        .fails(1009);
    add("RFC 6455 10.4 d", "fails fragments that add up to more, at the header of the last")
        .frame(FIRST_BINARY, most)
        .header(LAST, 1, "")
        .fails(1009);
  }

  private void deflate() {
    add("RFC 7692 6.1 a", "echoes a compressed text")
        .withDeflate()
        .frame(TEXT | RSV1, deflated(utf8(HELLO)))
        .text(HELLO);
    add("RFC 7692 6.1 b", "echoes an uncompressed text")
        .withDeflate()
        .frame(TEXT, HELLO)
        .text(HELLO);
    byte[] compressed = deflated(Cases.filled(100_000, 'c'));
    int half = compressed.length / 2;
    add("RFC 7692 6.1 c", "echoes a compressed message in fragments with a ping between")
        .withDeflate()
        .frame(FIRST_BINARY | RSV1, Arrays.copyOf(compressed, half))
        .frame(PING, "p")
        .frame(CONTINUATION)
        .frame(LAST, Arrays.copyOfRange(compressed, half, compressed.length))
        .pong("p")
        .binary(Cases.filled(100_000, 'c'));
    add("RFC 7692 7.2.3.6", "echoes an empty compressed message")
        .withDeflate()
        .frame(TEXT | RSV1, hex("00"))
        .text("");
    add("RFC 7692 7.2.3.1", "echoes a text that refers to an earlier one")
        .withDeflate()
        .frame(TEXT | RSV1, hex("f248cdc9c90700"))
        .frame(TEXT | RSV1, hex("f200110000"))
        .text("Hello")
        .text("Hello");
    add("RFC 7692 7.2.3.4", "echoes a message with BFINAL set")
        .withDeflate()
        .frame(TEXT | RSV1, hex("f348cdc9c9070000"))
        .text("Hello");
    add("RFC 7692 6.1 d", "fails RSV1 on a continuation")
        .withDeflate()
        .frame(FIRST_TEXT | RSV1, Arrays.copyOf(compressed, half))
        .frame(LAST | RSV1, Arrays.copyOfRange(compressed, half, compressed.length))
        .fails(1002);
    add("RFC 7692 6.1 e", "fails RSV1 on a ping").withDeflate().frame(PING | RSV1).fails(1002);
    add("RFC 7692 6.1 f", "fails RSV1 on a close frame")
        .withDeflate()
        .frame(CLOSE | RSV1, closeBody(1000, ""))
        .fails(1002);
    add("RFC 7692 6.1 g", "fails RSV2 though compression is on")
        .withDeflate()
        .frame(TEXT | 0x20, HELLO)
        .fails(1002);
    add("RFC 7692 6.1 h", "fails RSV3 beside RSV1")
        .withDeflate()
        .frame(TEXT | RSV1 | 0x10, deflated(utf8(HELLO)))
        .fails(1002);
    add("RFC 7692 6 a", "fails RSV1 where compression was not agreed")
        .frame(TEXT | RSV1, deflated(utf8(HELLO)))
        .fails(1002);
  }

  private void badDeflate() {
    byte[] bomb = deflated(new byte[64 << 20]);
    add("RFC 7692 8 a", "fails a bomb").withDeflate().frame(BINARY | RSV1, bomb).fails(1009);
    Case parts = add("RFC 7692 8 b", "fails a bomb in fragments").withDeflate();
    parts.fragments(FIRST_BINARY | RSV1, bomb, 1000).fails(1009);
    byte[] most = new byte[MAX_MESSAGE_BYTES];
    add("RFC 7692 8 c", "echoes a message that inflates to the limit")
        .withDeflate()
        .frame(BINARY | RSV1, deflated(most))
        .binary(most);
    add("RFC 7692 8 d", "fails one that inflates to a byte more")
        .withDeflate()
        .frame(BINARY | RSV1, deflated(new byte[MAX_MESSAGE_BYTES + 1]))
        .fails(1009);
    add("RFC 7692 7.2.2 a", "fails what is not DEFLATE")
        .withDeflate()
        .frame(BINARY | RSV1, hex("ffffffff"))
        .fails(1007);
    byte[] whole = deflated(utf8(HELLO.repeat(50)));
    add("RFC 7692 7.2.2 b", "fails a truncated message")
        .withDeflate()
        .frame(BINARY | RSV1, Arrays.copyOf(whole, whole.length - 4))
        .fails(1007);
    add("RFC 7692 7.2.2 c", "fails a reference to before the beginning")
        .withDeflate()
        .frame(TEXT | RSV1, hex("f200110000"))
        .fails(1007);
    add("RFC 7692 7.2.2 d", "fails a zlib header with a preset dictionary")
        .withDeflate()
        .frame(BINARY | RSV1, hex("78bb12345678"))
        .fails(1007);
    add("RFC 7692 7.2.2 e", "fails compressed text that is not UTF-8")
        .withDeflate()
        .frame(TEXT | RSV1, deflated(hex("61ff")))
        .fails(1007);
    byte[] beginning = deflated(hex("61ff" + "62".repeat(50)));
    add("RFC 7692 7.2.2 f", "fails it before the end of the message")
        .withDeflate()
        .frame(FIRST_TEXT | RSV1, beginning)
        .fails(1007);
  }

  /** A message as RFC 7692 §7.2.1 compresses it, without reference to another. */
  static byte[] deflated(byte[] message) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    deflater.setInput(message);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] block = new byte[1 << 16];
    int n;
    do {
      n = deflater.deflate(block, 0, block.length, Deflater.SYNC_FLUSH);
      out.write(block, 0, n);
    } while (n == block.length);
    deflater.end();
    return Arrays.copyOf(out.toByteArray(), out.size() - 4);
  }
}
