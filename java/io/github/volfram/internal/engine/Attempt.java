package io.github.volfram.internal.engine;

import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import io.github.volfram.internal.handshake.ClientHandshake;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * What a client is asked to do by one call of {@code connect}.
 *
 * @param tls for a wss URI, else null
 * @param future completed by the loop's thread, once
 */
record Attempt(
    URI uri,
    String host,
    int port,
    @Nullable SSLEngine tls,
    ClientHandshake handshake,
    WebSocketListener listener,
    CompletableFuture<WebSocket> future) {}
