package io.github.volfram;

/**
 * What a server or client has done since it was started, as numbers. Immutable. The numbers are
 * those of all its event loops added up; they are read one after the other while the loops go on
 * working, so one may be a little ahead of another.
 *
 * @param connectionsAccepted sockets that the server accepted, or that the client connected
 * @param connectionsOpen connections that are open now: their opening handshake is complete and
 *     their socket is not closed yet
 * @param connectionsRefused sockets that the server closed, or answered 503, because of {@code
 *     maxConnections} or {@code maxConnectionsPerAddress}, or since it was closing; 0 for a client
 * @param handshakesFailed connections that ended before they were open: the server answered 4xx or
 *     5xx, those 503 included, or the client was refused, or one side could not be reached, broke
 *     the protocol or its connection, or let the time pass. What the application gives up itself
 *     does not count.
 * @param messagesReceived whole text and binary messages
 * @param messagesSent whole text and binary messages that were given to the connection to send
 * @param messagesDropped messages that were lost for want of room in the outbound buffer, and those
 *     that were published to a connection which would not take them
 * @param bytesReceived bytes of HTTP heads and frames, as they are within TLS
 * @param bytesSent bytes of HTTP heads and frames that were given to the connection to send, as
 *     they are within TLS
 * @param cleanCloses open connections that ended with a complete closing handshake (RFC 6455
 *     §7.1.4)
 * @param abnormalCloses open connections that ended in any other way
 */
public record Counters(
    long connectionsAccepted,
    long connectionsOpen,
    long connectionsRefused,
    long handshakesFailed,
    long messagesReceived,
    long messagesSent,
    long messagesDropped,
    long bytesReceived,
    long bytesSent,
    long cleanCloses,
    long abnormalCloses) {}
