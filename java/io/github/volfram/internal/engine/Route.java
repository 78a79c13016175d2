package io.github.volfram.internal.engine;

import io.github.volfram.internal.handshake.ClientHandshake;
import io.github.volfram.internal.handshake.ProxyConnect;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * How one hop is reached, once all that may block is done. Used once.
 *
 * @param peer what is connected to, for messages: the host, or the proxy
 * @param addresses to try, in order, at least one
 * @param proxy the proxy's address as it was chosen, or null when there is none
 * @param tunnel what is asked of the proxy, or null when there is none
 * @param tls for a wss URI, else null
 */
record Route(
    String peer,
    List<? extends SocketAddress> addresses,
    @Nullable InetSocketAddress proxy,
    @Nullable ProxyConnect tunnel,
    @Nullable SSLEngine tls,
    ClientHandshake handshake) {}
