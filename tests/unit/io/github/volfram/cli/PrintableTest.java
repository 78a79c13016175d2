package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class PrintableTest {

  @Test
  void controlCharactersAreShownAndNotObeyed() {
    assertEquals("a\\x1b[2Jb\\x00\\x7f\\x9b", Printable.text("a\u001b[2Jb\0\u007f\u009b"));
    assertEquals("a\tb\nc\\x0d", Printable.text("a\tb\nc\r"));
    assertEquals("Größe 𝄞", Printable.text("Größe 𝄞"));
  }

  @Test
  void aLineHasNoLineFeeds() {
    assertEquals("a b", Printable.line("a\nb\n"));
  }

  @Test
  void binaryIsItsLengthAndItsFirstBytes() {
    ByteBuffer payload = ByteBuffer.wrap(new byte[] {9, 1, 2}).position(1);
    assertEquals("binary, 2 bytes: 01 02", Printable.binary(payload));
    assertEquals(1, payload.position());
    assertEquals("binary, 0 bytes", Printable.binary(ByteBuffer.allocate(0)));
    String hundred = Printable.binary(ByteBuffer.allocate(100));
    assertTrue(hundred.startsWith("binary, 100 bytes: 00 "), hundred);
    assertTrue(hundred.endsWith(" 00 …"), hundred);
    assertEquals(64, hundred.split("00 ", -1).length - 2);
  }
}
