package io.github.volfram.benchmarks.peers;

import io.github.volfram.Backend;
import io.github.volfram.Poller;
import java.util.Locale;

/**
 * Starts one of the peers on the loopback: {@code PeerServer NAME PORT} as an echo server, {@code
 * PeerServer NAME PORT MODE} as another {@link Mode}, in lower case. Prints {@code ready} when it
 * listens, and runs until it is killed.
 */
public final class PeerServer {

  /** The longest message that a peer takes; several of them have a limit below our scenarios. */
  static final int MAX_MESSAGE_BYTES = 16 << 20;

  static final int BACKLOG = 4096;

  private PeerServer() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length < 2 || arguments.length > 3) {
      System.err.println("usage: PeerServer NAME PORT [echo|fanout|wss|deflate]");
      System.exit(2);
    }
    Mode mode =
        arguments.length == 2 ? Mode.ECHO : Mode.valueOf(arguments[2].toUpperCase(Locale.ROOT));
    int port = Integer.parseInt(arguments[1]);
    switch (arguments[0]) {
      case "volfram-native" -> VolframServer.start(port, Backend.NATIVE, Poller.EPOLL);
      case "volfram-uring" -> VolframServer.start(port, Backend.NATIVE, Poller.URING);
      case "volfram-nio" -> VolframServer.start(port, Backend.NIO, Poller.AUTO);
      case "volfram-block",
          "volfram-spin",
          "volfram-yield",
          "volfram-backoff",
          "volfram-invoker",
          "volfram-quick-ack" ->
          LatencyServer.start(port, arguments[0].substring("volfram-".length()));
      case "netty-epoll" -> NettyPeer.epoll(port, mode);
      case "netty-epoll-spin" -> NettyPeer.epollSpinning(port, mode);
      case "netty-uring" -> NettyPeer.uring(port, mode);
      case "netty-nio" -> NettyPeer.nio(port, mode);
      case "java-websocket" -> JavaWebSocketPeer.start(port, mode);
      case "jetty" -> JettyPeer.start(port, mode);
      case "undertow" -> UndertowPeer.start(port, mode);
      default -> {
        System.err.println("no peer is named " + arguments[0]);
        System.exit(2);
      }
    }
    System.out.println("ready");
    Thread.currentThread().join();
  }
}
