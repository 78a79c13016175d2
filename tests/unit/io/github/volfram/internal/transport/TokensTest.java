package io.github.volfram.internal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class TokensTest {

  @Test
  void slotAndGenerationComeBackUnchanged() {
    int[] values = {0, 1, 2, 65_535, Integer.MAX_VALUE};
    int[] generations = {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE};
    for (int slot : values) {
      for (int generation : generations) {
        long token = Tokens.of(slot, generation);
        assertEquals(slot, Tokens.slot(token));
        assertEquals(generation, Tokens.generation(token));
      }
    }
  }

  @Test
  void aReusedSlotHasAnotherToken() {
    assertNotEquals(Tokens.of(7, 1), Tokens.of(7, 2));
  }
}
