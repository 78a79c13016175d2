package io.github.volfram.internal.handshake;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Host and port (RFC 3986 §3.2), without user information: the value of a Host header.
 *
 * @param host in lower case; an IPv6 address keeps its brackets
 * @param port 0 to 65535, or -1 when none was given
 */
record Authority(String host, int port) {

  private static final String REG_NAME_PUNCTUATION = "-._~!$&'()*+;=";

  /** Parses {@code host[:port]}, or returns null when it is malformed. */
  static @Nullable Authority parse(String text) {
    int colon = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
    if (text.startsWith("[") && colon == 0) {
      return null;
    }
    String host = colon < 0 ? text : text.substring(0, colon);
    if (!(host.startsWith("[") ? isIpv6(host) : isRegName(host))) {
      return null;
    }
    String afterHost = text.substring(host.length());
    int port = -1;
    if (!afterHost.isEmpty() && !afterHost.equals(":")) {
      port = afterHost.startsWith(":") ? HttpSyntax.number(afterHost.substring(1)) : -1;
      if (port < 0 || port > 65535) {
        return null;
      }
    }
    return new Authority(host.toLowerCase(Locale.ROOT), port);
  }

  /** The port, or the one that the scheme implies. */
  int portOr(int schemePort) {
    return port < 0 ? schemePort : port;
  }

  @Override
  public String toString() {
    return port < 0 ? host : host + ":" + port;
  }

  private static boolean isIpv6(String host) {
    for (int i = 1; i < host.length() - 1; i++) {
      char c = host.charAt(i);
      if (!HttpSyntax.isHexDigit(c) && c != ':' && c != '.') {
        return false;
      }
    }
    // The shortest form, "::", has two colons as every form has.
    return host.indexOf(':') < host.lastIndexOf(':');
  }

  private static boolean isRegName(String host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c == '%') {
        if (i + 2 >= host.length()
            || !HttpSyntax.isHexDigit(host.charAt(i + 1))
            || !HttpSyntax.isHexDigit(host.charAt(i + 2))) {
          return false;
        }
        i += 2;
      } else if (!HttpSyntax.isAlphanumeric(c) && REG_NAME_PUNCTUATION.indexOf(c) < 0) {
        return false;
      }
    }
    return !host.isEmpty();
  }
}
