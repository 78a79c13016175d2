package io.github.volfram.benchmarks.peers;

/**
 * Starts one of the peers as an echo server on the loopback: {@code PeerServer NAME PORT}. Prints
 * {@code ready} when it listens, and runs until it is killed.
 */
public final class PeerServer {

  /** The longest message that a peer takes; several of them have a limit below our scenarios. */
  static final int MAX_MESSAGE_BYTES = 16 << 20;

  static final int BACKLOG = 4096;

  private PeerServer() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 2) {
      System.err.println("usage: PeerServer NAME PORT");
      System.exit(2);
    }
    int port = Integer.parseInt(arguments[1]);
    switch (arguments[0]) {
      case "netty-epoll" -> NettyPeer.epoll(port);
      case "netty-epoll-spin" -> NettyPeer.epollSpinning(port);
      case "netty-uring" -> NettyPeer.uring(port);
      case "netty-nio" -> NettyPeer.nio(port);
      case "java-websocket" -> JavaWebSocketPeer.start(port);
      case "jetty" -> JettyPeer.start(port);
      case "undertow" -> UndertowPeer.start(port);
      default -> {
        System.err.println("no peer is named " + arguments[0]);
        System.exit(2);
      }
    }
    System.out.println("ready");
    Thread.currentThread().join();
  }
}
