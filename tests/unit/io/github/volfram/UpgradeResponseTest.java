package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UpgradeResponseTest {

  @Test
  void acceptIsStatus101AndKeepsTheSubprotocol() {
    UpgradeResponse response = UpgradeResponse.accept().withSubprotocol("chat");
    assertEquals(101, response.status());
    assertEquals("chat", response.subprotocol());
  }

  @Test
  void rejectCarriesStatusTextAndAddedHeaders() {
    UpgradeResponse response = UpgradeResponse.reject(403, "no").withHeader("X-Why", "policy");
    assertEquals(403, response.status());
    assertArrayEquals("no".getBytes(StandardCharsets.UTF_8), response.body());
    assertEquals(Map.entry("X-Why", "policy"), response.headers().get(1));
  }

  @Test
  void aStatusThatIsNoFinalHttpStatusIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> UpgradeResponse.reject(101, ""));
    assertThrows(IllegalArgumentException.class, () -> UpgradeResponse.reject(600, ""));
  }

  @Test
  void backendsAndIdleStrategiesParseWhatTheyPrint() {
    for (Backend backend : Backend.values()) {
      assertEquals(backend, Backend.parse(backend.toString()));
    }
    for (IdleStrategy idle : IdleStrategy.values()) {
      assertEquals(idle, IdleStrategy.parse(idle.toString()));
    }
    assertThrows(IllegalArgumentException.class, () -> Backend.parse("epoll"));
    assertThrows(IllegalArgumentException.class, () -> IdleStrategy.parse("sleep"));
  }
}
