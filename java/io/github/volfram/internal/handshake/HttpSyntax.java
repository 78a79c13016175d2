package io.github.volfram.internal.handshake;

import java.util.ArrayList;
import java.util.List;

/** The character classes and lists of HTTP (RFC 9110 §5.5, §5.6). Stateless. */
final class HttpSyntax {

  private static final int MAX_SHOWN_CHARS = 64;
  private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";

  private HttpSyntax() {}

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isHexDigit(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  static boolean isAlphanumeric(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  static boolean isTokenChar(char c) {
    return isAlphanumeric(c) || TOKEN_PUNCTUATION.indexOf(c) >= 0;
  }

  /** Whether this is one or more token characters (RFC 9110 §5.6.2). */
  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isTokenChar(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** A control character other than HTAB: it has no place in a field value (RFC 9110 §5.5). */
  static boolean isControl(int c) {
    return (c < 0x20 && c != '\t') || c == 0x7F;
  }

  /** Whether this may be sent as a field value: visible characters, blanks and obs-text. */
  static boolean isFieldValue(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isControl(c) || c > 0xFF) {
        return false;
      }
    }
    return true;
  }

  /** Whether each character is visible US-ASCII, as a request target needs; and there is one. */
  static boolean isVisible(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= 0x20 || c >= 0x7F) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Without the blanks around it (OWS, RFC 9110 §5.6.3). */
  static String trim(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isBlank(text.charAt(from))) {
      from++;
    }
    while (to > from && isBlank(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  /**
   * The elements of a comma-separated field that may come in several lines. Empty elements are
   * skipped, as a recipient must (RFC 9110 §5.6.1.2).
   */
  static List<String> elements(List<String> values) {
    List<String> elements = new ArrayList<>();
    for (String value : values) {
      int from = 0;
      while (from <= value.length()) {
        int comma = value.indexOf(',', from);
        int to = comma < 0 ? value.length() : comma;
        String element = trim(value.substring(from, to));
        if (!element.isEmpty()) {
          elements.add(element);
        }
        from = to + 1;
      }
    }
    return elements;
  }

  static boolean listContains(List<String> values, String token) {
    for (String element : elements(values)) {
      if (element.equalsIgnoreCase(token)) {
        return true;
      }
    }
    return false;
  }

  /** A number of one to nine digits, or -1 for anything else. */
  static int number(String text) {
    if (text.isEmpty() || text.length() > 9) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      if (!isDigit(text.charAt(i))) {
        return -1;
      }
      number = number * 10 + (text.charAt(i) - '0');
    }
    return number;
  }

  /** What a peer sent, quoted for a message. */
  static String quoted(String text) {
    return '"' + visible(text) + '"';
  }

  /** What a peer sent, made safe for a message: short, all of it visible US-ASCII or a space. */
  static String visible(String text) {
    StringBuilder visible = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), MAX_SHOWN_CHARS); i++) {
      char c = text.charAt(i);
      if (c >= 0x20 && c < 0x7F && c != '"' && c != '\\') {
        visible.append(c);
      } else {
        visible.append(String.format("\\u%04x", (int) c));
      }
    }
    return text.length() > MAX_SHOWN_CHARS ? visible.append("...").toString() : visible.toString();
  }
}
