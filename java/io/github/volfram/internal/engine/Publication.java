package io.github.volfram.internal.engine;

import io.github.volfram.WebSocket;
import java.nio.ByteBuffer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A message for many connections of a server. Immutable; any thread may use it.
 *
 * @param topic whose subscribers get it, or null for all connections
 * @param among which of all connections get it
 * @param except who does not get it, or null
 * @param payload not to be changed any more
 */
record Publication(
    @Nullable String topic,
    Predicate<? super WebSocket> among,
    @Nullable Connection except,
    int opcode,
    ByteBuffer payload,
    SharedFrame plain) {

  @SuppressWarnings("ReferenceEquality") // which connection it is matters
  boolean excludes(Connection connection) {
    return connection == except;
  }
}
