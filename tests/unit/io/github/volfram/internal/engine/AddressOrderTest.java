package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AddressOrderTest {

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "a, a",
    "ab, ab",
    "ab12, a1b2",
    "12ab, 1a2b",
    "abcd1, a1bcd",
    "1abcd, 1abcd",
    "1234ab, 1a2b34",
  })
  void familiesAlternateAndTheFirstStaysTheFirst_Rfc8305Section4(String given, String expected)
      throws UnknownHostException {
    assertEquals(addresses(expected), AddressOrder.interleaved(addresses(given)));
  }

  /** A letter is an IPv6 address, a digit an IPv4 one. */
  private static List<InetAddress> addresses(String names) throws UnknownHostException {
    List<InetAddress> addresses = new ArrayList<>();
    for (char name : names.toCharArray()) {
      addresses.add(
          InetAddress.getByName(Character.isDigit(name) ? "10.0.0." + name : "2001:db8::" + name));
    }
    return addresses;
  }
}
