package io.github.volfram.internal.engine;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How many connections there are from each address. Any thread may use it. An IPv6 address counts
 * as its network, the first 64 bits, since whoever has one address there has all. Peers without an
 * address, those of a Unix domain socket, do not count.
 */
final class AddressLimit {

  private final int max;
  private final ConcurrentHashMap<Long, Integer> counts = new ConcurrentHashMap<>();

  /** At most so many connections from each. */
  AddressLimit(int max) {
    this.max = max;
  }

  /** Counts a connection; returns by how many its address is above the limit, 0 for not. */
  int add(@Nullable SocketAddress address) {
    Long key = key(address);
    return key == null ? 0 : Math.max(0, counts.merge(key, 1, Integer::sum) - max);
  }

  /** A connection that was counted has ended. */
  void remove(@Nullable SocketAddress address) {
    Long key = key(address);
    if (key != null) {
      counts.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
    }
  }

  /** How many addresses have connections. */
  int size() {
    return counts.size();
  }

  private static @Nullable Long key(@Nullable SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet) || inet.isUnresolved()) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.wrap(inet.getAddress().getAddress());
    return bytes.remaining() == Integer.BYTES
        ? bytes.getInt() & 0xFFFF_FFFFL
        : bytes
            .getLong(); // no network that peers come from is as small a number as an IPv4 address
  }
}
