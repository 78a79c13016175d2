package io.github.volfram.cli;

import io.github.volfram.Backend;
import io.github.volfram.WebSocketServer;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.CountDownLatch;

/** Runs a server until the process is told to end. */
final class Serving {

  private Serving() {}

  /**
   * Prints that the server is ready and waits. SIGTERM and SIGINT close it in good order and end
   * the process with exit code 0.
   *
   * @param name the command's
   * @param scheme of the address that is printed
   */
  static void untilSignalled(WebSocketServer server, String name, String scheme)
      throws InterruptedException {
    // After a signal the JVM would end with 128 + the signal's number: only a halt says otherwise.
    Thread end =
        new Thread(
            () -> {
              server.close();
              Runtime.getRuntime().halt(0);
            },
            "volfram-shutdown");
    Runtime.getRuntime().addShutdownHook(end);
    System.out.println(
        "volfram "
            + name
            + " listening on "
            + url(scheme, server.socketAddress())
            + " ("
            + backend(server)
            + ")");
    System.out.flush();
    new CountDownLatch(1).await();
  }

  static String url(String scheme, SocketAddress bound) {
    if (!(bound instanceof InetSocketAddress address)) {
      return bound.toString();
    }
    String host = address.getAddress().getHostAddress();
    return scheme
        + "://"
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + address.getPort()
        + "/";
  }

  static String backend(WebSocketServer server) {
    if (server.backend() == Backend.NATIVE) {
      return "native backend: " + server.poller();
    }
    String reason = server.backendReason();
    return reason.isEmpty() ? "nio backend" : "nio backend: " + reason;
  }
}
