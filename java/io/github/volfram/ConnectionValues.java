package io.github.volfram;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** The values of {@link ConnectionOptions}, with their defaults, while they are being collected. */
abstract class ConnectionValues {

  Backend backend = Backend.AUTO;
  Poller poller = Poller.AUTO;
  IdleStrategy idle = IdleStrategy.BLOCK;
  boolean invoker;
  int loops = 1;
  List<Integer> cpus = List.of();
  @Nullable ThreadFactory threadFactory;
  int maxMessageBytes = 1 << 20;
  long maxFrameBytes = Long.MAX_VALUE;
  Duration handshakeTimeout = Duration.ofSeconds(10);
  Duration idleTimeout = Duration.ofSeconds(60);
  Duration pingInterval = Duration.ZERO;
  Duration pongTimeout = Duration.ofSeconds(20);
  Duration closeTimeout = Duration.ofSeconds(5);
  Duration writeTimeout = Duration.ofSeconds(30);
  Duration stallThreshold = Duration.ofSeconds(1);
  int outboundSoftMarkBytes = 64 << 10;
  int outboundLowMarkBytes;
  long outboundHardCapBytes = 4 << 20;
  OverflowPolicy overflowPolicy = OverflowPolicy.REJECT;
  boolean pauseReadingAboveSoftMark;
  @Nullable DeflateOptions deflate;
  boolean tcpNoDelay = true;
  int receiveBufferBytes;
  int sendBufferBytes;
  Duration busyPoll = Duration.ZERO;
  boolean quickAck;
}
