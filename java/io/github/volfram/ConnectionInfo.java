package io.github.volfram;

import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a server or client as it was at a moment. Immutable, and refers to nothing of
 * the connection, so that keeping it keeps nothing alive.
 *
 * @param remoteAddress the peer's address, or null where it has none or it is not known
 * @param state in words: {@code connecting}, {@code handshaking}, {@code refused}, {@code open},
 *     {@code closed by us} (our close frame went first and the peer's is awaited), {@code closed by
 *     peer}, {@code close acknowledged}, {@code failed}
 * @param age since the socket was accepted or connecting began, to a tenth of a second
 * @param bytesReceived bytes of HTTP heads and frames, as they are within TLS
 * @param bytesSent bytes of HTTP heads and frames that were given to the connection to send, as
 *     they are within TLS; some of them may be among {@code bufferedBytes}
 * @param messagesReceived whole text and binary messages
 * @param messagesSent whole text and binary messages that were given to the connection to send
 * @param bufferedBytes what was sent and the kernel has not taken ({@link
 *     WebSocket#bufferedBytes()})
 * @param roundTripTime of the last ping of the library, or null before its first pong
 */
public record ConnectionInfo(
    @Nullable SocketAddress remoteAddress,
    String state,
    Duration age,
    long bytesReceived,
    long bytesSent,
    long messagesReceived,
    long messagesSent,
    long bufferedBytes,
    @Nullable Duration roundTripTime) {}
