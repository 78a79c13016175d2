package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/** Which connections count as those of one address. */
final class AddressLimitTest {

  private final AddressLimit limit = new AddressLimit(2);

  private static InetSocketAddress at(String address) {
    try {
      return new InetSocketAddress(InetAddress.getByName(address), 4711);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void eachAddressHasItsOwnLimit() {
    assertEquals(0, limit.add(at("10.0.0.1")));
    assertEquals(0, limit.add(at("10.0.0.1")));
    assertEquals(1, limit.add(at("10.0.0.1")));
    assertEquals(2, limit.add(at("10.0.0.1")));
    assertEquals(0, limit.add(at("10.0.0.2")));
    limit.remove(at("10.0.0.1"));
    limit.remove(at("10.0.0.1"));
    assertEquals(1, limit.add(at("10.0.0.1")));
  }

  @Test
  void anIpv6AddressCountsAsItsNetwork() {
    assertEquals(0, limit.add(at("2001:db8::1")));
    assertEquals(0, limit.add(at("2001:db8::ffff:1")));
    assertEquals(1, limit.add(at("2001:db8:0:0:1234::")));
    assertEquals(0, limit.add(at("2001:db8:0:1::1")));
  }

  @Test
  void anAddressWithoutConnectionsLeavesNothing() {
    for (int i = 0; i < 256; i++) {
      limit.add(at("10.0.0." + i));
      limit.add(at("10.0.0." + i));
    }
    assertEquals(256, limit.size());
    for (int i = 0; i < 256; i++) {
      limit.remove(at("10.0.0." + i));
      limit.remove(at("10.0.0." + i));
    }
    assertEquals(0, limit.size());
  }

  @Test
  void aPeerWithoutAnAddressDoesNotCount() {
    for (int i = 0; i < 10; i++) {
      assertEquals(0, limit.add(null));
      assertEquals(0, limit.add(UnixDomainSocketAddress.of("/tmp/x")));
    }
    limit.remove(null);
    assertEquals(0, limit.size());
  }
}
