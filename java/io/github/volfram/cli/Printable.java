package io.github.volfram.cli;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * What a peer sent, made fit for a terminal: nothing that it sends moves the cursor or changes the
 * colours.
 */
final class Printable {

  private static final int MAX_HEX_BYTES = 64;

  private Printable() {}

  /** One line: every control character is replaced. */
  static String line(String text) {
    return escape(text.strip(), "");
  }

  /** A text of any number of lines: tabs and line feeds stay. */
  static String text(String text) {
    return escape(text, "\t\n");
  }

  /** The length and the first bytes. */
  static String binary(ByteBuffer payload) {
    byte[] shown = new byte[Math.min(MAX_HEX_BYTES, payload.remaining())];
    payload.get(payload.position(), shown);
    StringBuilder line = new StringBuilder("binary, ").append(payload.remaining()).append(" bytes");
    if (shown.length > 0) {
      line.append(": ").append(HexFormat.ofDelimiter(" ").formatHex(shown));
    }
    return line.append(shown.length < payload.remaining() ? " …" : "").toString();
  }

  private static String escape(String text, String kept) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isISOControl(c) || kept.indexOf(c) >= 0) {
        escaped.append(c);
      } else if (c == '\n') {
        escaped.append(' ');
      } else {
        escaped.append("\\x").append(HexFormat.of().toHexDigits((byte) c));
      }
    }
    return escaped.toString();
  }
}
