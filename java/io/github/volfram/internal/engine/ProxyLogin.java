package io.github.volfram.internal.engine;

import io.github.volfram.internal.handshake.HttpHead;
import io.github.volfram.internal.handshake.ProxyConnect;
import java.net.Authenticator;
import java.net.Authenticator.RequestorType;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Asks the application for a proxy's credentials. Any thread may use it. */
final class ProxyLogin {

  private static final Pattern REALM =
      Pattern.compile("\\brealm=\"((?:[^\"\\\\]|\\\\.){0,200})\"", Pattern.CASE_INSENSITIVE);

  private final @Nullable Authenticator authenticator;

  ProxyLogin(@Nullable Authenticator authenticator) {
    this.authenticator = authenticator;
  }

  /** Whether there is someone to ask, and the proxy takes Basic credentials (RFC 7617). */
  boolean isFor(HttpHead answer) {
    return authenticator != null && challenge(answer) != null;
  }

  private static @Nullable String challenge(HttpHead answer) {
    for (String challenge : answer.headers().all("Proxy-Authenticate")) {
      if (challenge.toLowerCase(Locale.ROOT).contains("basic")) {
        return challenge;
      }
    }
    return null;
  }

  /** The value of Proxy-Authorization, or null when the application knows none. May block. */
  @Nullable String credentials(Route route, Hop hop, HttpHead answer) {
    Authenticator asked = authenticator;
    InetSocketAddress proxy = route.proxy();
    if (asked == null || proxy == null) {
      return null;
    }
    try {
      PasswordAuthentication known =
          asked.requestPasswordAuthenticationInstance(
              proxy.getHostString(),
              proxy.getAddress(),
              proxy.getPort(),
              "http",
              realm(answer),
              "basic",
              hop.httpUri().toURL(),
              RequestorType.PROXY);
      return known == null
          ? null
          : ProxyConnect.basic(known.getUserName(), new String(known.getPassword()));
    } catch (Exception e) { // the application's
      Log.callbackThrew(e);
      return null;
    }
  }

  private static String realm(HttpHead answer) {
    Matcher realm = REALM.matcher(String.valueOf(challenge(answer)));
    return realm.find() ? realm.group(1) : "";
  }
}
