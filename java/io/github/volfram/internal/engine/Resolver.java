package io.github.volfram.internal.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the addresses of a name, which blocks, on other threads than the loops'. Any thread may use
 * it.
 */
final class Resolver {

  private Resolver() {}

  /** Is told the addresses in the system's order, at least one; or why there are none. */
  interface Answer {
    void resolved(List<InetAddress> addresses, @Nullable IOException failure);
  }

  /** Resolves a name, or an address in text. The answer comes from any thread, once. */
  static void resolve(String host, Answer answer) {
    if (isAddress(host)) {
      look(host, answer);
    } else {
      Background.execute(() -> look(host, answer));
    }
  }

  private static boolean isAddress(String host) {
    return host.startsWith("[") || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }

  private static void look(String host, Answer answer) {
    List<InetAddress> addresses;
    try {
      addresses = List.of(InetAddress.getAllByName(host));
    } catch (UnknownHostException e) {
      UnknownHostException clear = new UnknownHostException("cannot find the host " + host);
      clear.initCause(e);
      answer.resolved(List.of(), clear);
      return;
    }
    answer.resolved(addresses, null);
  }
}
