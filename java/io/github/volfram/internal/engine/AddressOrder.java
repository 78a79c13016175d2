package io.github.volfram.internal.engine;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The order in which a host's addresses are tried (RFC 8305 §4). */
final class AddressOrder {

  private AddressOrder() {}

  /**
   * Alternates between the families, beginning with that of the first address; within a family the
   * order stays. So a broken family costs one delay and not one for each of its addresses.
   */
  static List<InetAddress> interleaved(List<InetAddress> addresses) {
    Deque<InetAddress> first = new ArrayDeque<>();
    Deque<InetAddress> other = new ArrayDeque<>();
    for (InetAddress address : addresses) {
      boolean same = first.isEmpty() || isIpv6(address) == isIpv6(first.element());
      (same ? first : other).add(address);
    }
    List<InetAddress> ordered = new ArrayList<>(addresses.size());
    while (!first.isEmpty() || !other.isEmpty()) {
      if (!first.isEmpty()) {
        ordered.add(first.remove());
      }
      if (!other.isEmpty()) {
        ordered.add(other.remove());
      }
    }
    return ordered;
  }

  private static boolean isIpv6(InetAddress address) {
    return address instanceof Inet6Address;
  }
}
