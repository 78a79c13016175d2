package io.github.volfram.internal.engine;

import io.github.volfram.internal.handshake.ProxyConnect;
import java.util.regex.Pattern;

/** Values of Authorization and Proxy-Authorization. Any thread may use it. */
public final class Credentials {

  private static final Pattern TOKEN68 = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  private Credentials() {}

  /**
   * Of the Basic scheme (RFC 7617).
   *
   * @throws IllegalArgumentException for what it cannot express
   */
  public static String basic(String user, String password) {
    return ProxyConnect.basic(user, password);
  }

  /**
   * Of the Bearer scheme (RFC 6750 §2.1).
   *
   * @throws IllegalArgumentException for what is no token
   */
  public static String bearer(String token) {
    if (!TOKEN68.matcher(token).matches()) {
      throw new IllegalArgumentException(
          "a bearer token has letters, digits and -._~+/, then perhaps = (RFC 6750 §2.1)");
    }
    return "Bearer " + token;
  }
}
