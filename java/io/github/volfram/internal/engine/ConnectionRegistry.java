package io.github.volfram.internal.engine;

import io.github.volfram.CloseCode;
import io.github.volfram.internal.transport.Tokens;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one loop by slot and generation. Owned by the loop's thread. Invariant: a
 * token finds its connection until it is removed and nothing afterwards, though its slot is reused.
 */
final class ConnectionRegistry {

  private @Nullable Connection[] connections = new @Nullable Connection[64];
  private int[] generations = new int[64];

  /** The slots that were used and are free, as a stack. */
  private int[] free = new int[64];

  private int freeCount;
  private int used;
  private int size;

  /** By our own address, of which a server has few. */
  private final Map<SocketAddress, Endpoint> endpoints = new HashMap<>();

  /** Takes a slot for a connection, or for a listening socket when it is null. */
  long add(@Nullable Connection connection) {
    int slot = freeCount > 0 ? free[--freeCount] : used++;
    if (slot == connections.length) {
      connections = Arrays.copyOf(connections, slot * 2);
      generations = Arrays.copyOf(generations, slot * 2);
      free = Arrays.copyOf(free, slot * 2);
    }
    connections[slot] = connection;
    if (connection != null) {
      size++;
    }
    return Tokens.of(slot, ++generations[slot]);
  }

  /** Gives a token's slot back; a token that is not there is ignored. */
  void remove(long token) {
    int slot = Tokens.slot(token);
    if (generations[slot] != Tokens.generation(token)) {
      return;
    }
    if (connections[slot] != null) {
      size--;
    }
    connections[slot] = null;
    generations[slot]++; // so that the old token finds nothing even before the slot is reused
    free[freeCount++] = slot;
  }

  /** Gives each of two connections the token, and with it the socket, of the other. */
  void swap(Connection one, Connection other) {
    long token = one.token;
    boolean socketOpen = one.socketOpen;
    one.token = other.token;
    one.socketOpen = other.socketOpen;
    other.token = token;
    other.socketOpen = socketOpen;
    connections[Tokens.slot(one.token)] = one;
    connections[Tokens.slot(other.token)] = other;
  }

  /** The connection of a token, or null. */
  @Nullable Connection find(long token) {
    int slot = Tokens.slot(token);
    return generations[slot] == Tokens.generation(token) ? connections[slot] : null;
  }

  /** The connection in a slot, or null. */
  @Nullable Connection at(int slot) {
    return connections[slot];
  }

  /** How many connections there are. */
  int size() {
    return size;
  }

  /** The stream of a token's socket has ended; where that is by an error it takes nothing more. */
  void closed(long token, int errno) {
    Connection connection = find(token);
    if (connection != null && errno != 0) {
      connection.breakOff();
    }
  }

  /** Ends every connection. */
  void terminateAll(Throwable cause) {
    forEach(connection -> connection.terminate(CloseCode.ABNORMAL_CLOSURE, "", cause, true));
  }

  /** The endpoint of all connections to one of a server's own addresses, without the peer's. */
  Endpoint shared(@Nullable SocketAddress local) {
    return local == null
        ? Endpoint.NONE
        : endpoints.computeIfAbsent(local, address -> new Endpoint(address, null));
  }

  /** Visits every connection; the visitor may remove any. */
  void forEach(Consumer<Connection> visitor) {
    for (int slot = 0; slot < used; slot++) {
      Connection connection = connections[slot];
      if (connection != null) {
        visitor.accept(connection);
      }
    }
  }
}
