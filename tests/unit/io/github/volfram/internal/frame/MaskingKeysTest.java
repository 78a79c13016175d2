package io.github.volfram.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MaskingKeysTest {

  @Test
  void keysComeFromTheGeneratorInOrderAcrossRefills_10_3() {
    byte[] counter = new byte[1];
    MaskingKeys keys =
        new MaskingKeys(
            new SecureRandom() {
              private static final long serialVersionUID = 1;

              @Override
              public void nextBytes(byte[] bytes) {
                for (int i = 0; i < bytes.length; i++) {
                  bytes[i] = counter[0]++;
                }
              }
            });
    byte expected = 0;
    for (int i = 0; i < 1000; i++) {
      int key = keys.next();
      for (int shift = 24; shift >= 0; shift -= 8) {
        assertEquals(expected++, (byte) (key >>> shift));
      }
    }
  }

  @Test
  void keysDoNotRepeat_10_3() {
    MaskingKeys keys = new MaskingKeys();
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      seen.add(keys.next());
    }
    // Two thousand draws of 2^32 hold a pair with a chance of one in two thousand.
    assertTrue(seen.size() >= 1998, () -> seen.size() + " different keys");
  }
}
