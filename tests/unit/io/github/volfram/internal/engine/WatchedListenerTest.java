package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.volfram.WebSocketListener;
import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WatchedListenerTest {

  @Test
  void everyCallbackThereIsIsPassedOn() throws Exception {
    List<Method> callbacks = List.of(WebSocketListener.class.getMethods());
    assertNotEquals(0, callbacks.size());
    for (Method callback : callbacks) {
      assertEquals(
          WatchedListener.class,
          WatchedListener.class
              .getMethod(callback.getName(), callback.getParameterTypes())
              .getDeclaringClass(),
          callback.getName());
    }
  }
}
