package io.github.volfram.internal.engine;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Finds the addresses of a host. May block. */
@FunctionalInterface
interface Lookup {

  /** The system's resolver. */
  Lookup SYSTEM = Lookup::bySystem;

  /**
   * The addresses in the order of preference, at least one.
   *
   * @param host a name, or an address in text, an IPv6 one in brackets or not
   * @throws UnknownHostException when there are none; the message names the host
   */
  List<InetAddress> addresses(String host) throws UnknownHostException;

  private static List<InetAddress> bySystem(String host) throws UnknownHostException {
    try {
      return List.of(InetAddress.getAllByName(host));
    } catch (UnknownHostException e) {
      UnknownHostException clear = new UnknownHostException("cannot find the host " + host);
      clear.initCause(e);
      throw clear;
    }
  }

  /** Whether this is an address in text, which is found without blocking. */
  static boolean isAddress(String host) {
    return host.startsWith("[") || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }
}
