package io.github.volfram.benchmarks.peers;

import io.github.volfram.Backend;

/**
 * Starts one of the peers on the loopback: {@code PeerServer NAME PORT} as an echo server, {@code
 * PeerServer NAME PORT fanout} as one that passes each message to all other connections. Prints
 * {@code ready} when it listens, and runs until it is killed.
 */
public final class PeerServer {

  /** The longest message that a peer takes; several of them have a limit below our scenarios. */
  static final int MAX_MESSAGE_BYTES = 16 << 20;

  static final int BACKLOG = 4096;

  private PeerServer() {}

  public static void main(String[] arguments) throws Exception {
    boolean fanout = arguments.length == 3 && arguments[2].equals("fanout");
    if (arguments.length != (fanout ? 3 : 2)) {
      System.err.println("usage: PeerServer NAME PORT [fanout]");
      System.exit(2);
    }
    int port = Integer.parseInt(arguments[1]);
    switch (arguments[0]) {
      case "volfram-native" -> VolframServer.start(port, Backend.NATIVE);
      case "volfram-nio" -> VolframServer.start(port, Backend.NIO);
      case "netty-epoll" -> NettyPeer.epoll(port, fanout);
      case "netty-epoll-spin" -> NettyPeer.epollSpinning(port, fanout);
      case "netty-uring" -> NettyPeer.uring(port, fanout);
      case "netty-nio" -> NettyPeer.nio(port, fanout);
      case "java-websocket" -> JavaWebSocketPeer.start(port, fanout);
      case "jetty" -> JettyPeer.start(port, fanout);
      case "undertow" -> UndertowPeer.start(port, fanout);
      default -> {
        System.err.println("no peer is named " + arguments[0]);
        System.exit(2);
      }
    }
    System.out.println("ready");
    Thread.currentThread().join();
  }
}
