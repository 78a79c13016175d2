package io.github.volfram.internal.engine;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of a connection, remembered so that asking for them waits for no loop. Connections
 * of a server that differ only in the IPv4 address of their peer, which is kept elsewhere, share
 * one. Immutable.
 *
 * @param local our own, or null when the kernel did not know it
 * @param remote the peer's where it is no IPv4 one, or null
 */
record Endpoint(@Nullable SocketAddress local, @Nullable SocketAddress remote) {

  static final Endpoint NONE = new Endpoint(null, null);
}
