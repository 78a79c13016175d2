package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ServerOptions;
import io.github.volfram.internal.frame.DeflatePool;
import io.github.volfram.internal.frame.JavaMasker;
import io.github.volfram.internal.frame.Role;
import io.github.volfram.internal.transport.FakeNetwork;
import io.github.volfram.internal.transport.Tokens;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ConnectionRegistryTest {

  private final ConnectionRegistry registry = new ConnectionRegistry();
  private final EventLoop loop =
      new EventLoop(
          new FakeNetwork().open(),
          JavaMasker.INSTANCE,
          new DeflatePool(6, 4, 16),
          Idle.ofInvoker(),
          System::nanoTime);
  private final ConnectionSettings settings =
      new ConnectionSettings(Role.SERVER, ServerOptions.builder().build());

  private Connection connection() {
    return new Connection(loop, settings, ConnectionState.HANDSHAKING);
  }

  @Test
  void aTokenFindsItsConnectionUntilItIsRemoved() {
    Connection connection = connection();
    long token = registry.add(connection);
    assertSame(connection, registry.find(token));
    assertSame(connection, registry.at(Tokens.slot(token)));
    registry.remove(token);
    assertNull(registry.find(token));
    assertNull(registry.at(Tokens.slot(token)));
    long next = registry.add(connection());
    assertEquals(Tokens.slot(token), Tokens.slot(next));
    assertNotEquals(token, next);
    assertNull(registry.find(token));
    registry.remove(token); // has no effect on the new one
    assertEquals(1, registry.size());
  }

  @Test
  void aListenersSlotIsNotCountedAsAConnection() {
    long listener = registry.add(null);
    assertEquals(0, registry.size());
    assertNull(registry.find(listener));
    registry.remove(listener);
    assertEquals(0, registry.size());
    assertEquals(Tokens.slot(listener), Tokens.slot(registry.add(null)));
  }

  @Test
  void agreesWithAMapAndKeepsSlotsDense() {
    Random random = new Random(7);
    Map<Long, Connection> model = new HashMap<>();
    Set<Long> gone = new HashSet<>();
    int most = 0;
    for (int step = 0; step < 20_000; step++) {
      if (model.isEmpty() || random.nextInt(100) < (step < 10_000 ? 55 : 45)) {
        Connection connection = connection();
        long token = registry.add(connection);
        assertNull(model.put(token, connection), "a token is not reused");
        assertTrue(!gone.contains(token), "a token is not reused");
      } else {
        List<Long> tokens = new ArrayList<>(model.keySet());
        long token = tokens.get(random.nextInt(tokens.size()));
        registry.remove(token);
        model.remove(token);
        gone.add(token);
      }
      most = Math.max(most, model.size());
      assertEquals(model.size(), registry.size());
    }
    model.forEach((token, connection) -> assertSame(connection, registry.find(token)));
    gone.forEach(token -> assertNull(registry.find(token)));
    for (long token : model.keySet()) {
      assertTrue(Tokens.slot(token) < most, "slots are dense");
    }
    List<Connection> visited = new ArrayList<>();
    registry.forEach(visited::add);
    assertEquals(Set.copyOf(model.values()), Set.copyOf(visited));
    assertEquals(model.size(), visited.size());
  }

  @Test
  void aVisitorMayRemoveAnyAndAdd() {
    List<Long> tokens = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      tokens.add(registry.add(connection()));
    }
    registry.forEach(connection -> tokens.forEach(registry::remove));
    assertEquals(0, registry.size());
  }
}
