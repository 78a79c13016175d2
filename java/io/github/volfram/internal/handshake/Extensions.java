package io.github.volfram.internal.handshake;

import io.github.volfram.internal.handshake.Extension.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses Sec-WebSocket-Extensions: {@code extension *( "," extension )} with {@code extension =
 * token *( ";" token [ "=" ( token / quoted-string ) ] )} (RFC 6455 §9.1). One instance reads one
 * header line.
 */
public final class Extensions {

  private final String text;
  private int at;

  private Extensions(String text) {
    this.text = text;
  }

  /**
   * The extensions of all header lines, in order; none when there is no line.
   *
   * @throws HandshakeViolation when a line is malformed, which fails the connection (RFC 6455 §9.1)
   */
  public static List<Extension> parse(List<String> lines) throws HandshakeViolation {
    List<Extension> extensions = new ArrayList<>();
    for (String line : lines) {
      new Extensions(line).readList(extensions);
    }
    if (extensions.isEmpty() && !lines.isEmpty()) {
      throw new Extensions("").violation("an extension");
    }
    return List.copyOf(extensions);
  }

  /** The value of one header line with these extensions. */
  public static String format(List<Extension> extensions) {
    StringBuilder line = new StringBuilder();
    for (Extension extension : extensions) {
      line.append(line.length() == 0 ? "" : ", ").append(extension);
    }
    return line.toString();
  }

  private void readList(List<Extension> extensions) throws HandshakeViolation {
    // Empty elements are skipped, as in every list of HTTP (RFC 9110 §5.6.1.2).
    while (skip(',') || at < text.length()) {
      if (at < text.length() && text.charAt(at) != ',') {
        extensions.add(readExtension());
        if (at < text.length() && text.charAt(at) != ',') {
          throw violation("a comma or a semicolon");
        }
      }
    }
  }

  private Extension readExtension() throws HandshakeViolation {
    String name = readToken("the name of an extension");
    List<Parameter> parameters = new ArrayList<>();
    while (skip(';')) {
      parameters.add(readParameter());
    }
    return new Extension(name, parameters);
  }

  private Parameter readParameter() throws HandshakeViolation {
    String name = readToken("the name of a parameter");
    if (!skip('=')) {
      return new Parameter(name, null, false);
    }
    boolean quoted = at < text.length() && text.charAt(at) == '"';
    @Nullable String value = quoted ? readQuoted() : readToken("a value");
    return new Parameter(name, value, quoted);
  }

  private String readToken(String what) throws HandshakeViolation {
    int from = at;
    while (at < text.length() && HttpSyntax.isTokenChar(text.charAt(at))) {
      at++;
    }
    if (at == from) {
      throw violation(what);
    }
    String token = text.substring(from, at);
    skipBlanks();
    return token;
  }

  /** What is quoted must be a token still (RFC 6455 §9.1). */
  private String readQuoted() throws HandshakeViolation {
    StringBuilder value = new StringBuilder();
    at++;
    while (at < text.length() && text.charAt(at) != '"') {
      if (text.charAt(at) == '\\') {
        at++;
      }
      if (at < text.length()) {
        value.append(text.charAt(at++));
      }
    }
    if (at == text.length() || !HttpSyntax.isToken(value.toString())) {
      throw violation("a quoted token");
    }
    at++;
    skipBlanks();
    return value.toString();
  }

  private boolean skip(char separator) {
    skipBlanks();
    if (at == text.length() || text.charAt(at) != separator) {
      return false;
    }
    at++;
    skipBlanks();
    return true;
  }

  private void skipBlanks() {
    while (at < text.length() && HttpSyntax.isBlank(text.charAt(at))) {
      at++;
    }
  }

  private HandshakeViolation violation(String expected) {
    return HandshakeViolation.badRequest(
        "RFC 6455 §9.1",
        "expected "
            + expected
            + " at "
            + at
            + " of Sec-WebSocket-Extensions, got "
            + HttpSyntax.quoted(text));
  }
}
