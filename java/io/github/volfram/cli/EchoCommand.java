package io.github.volfram.cli;

import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocketServer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A plain echo server. */
@Command(
    name = "echo",
    description = "Echoes text and binary messages on every path, whatever the Origin.")
final class EchoCommand implements Callable<Integer> {

  /**
   * The longest message of Autobahn's cases (9.1.6 and 9.2.6), so that all of them pass without a
   * flag. The library's own default is 1 MiB.
   */
  private static final int DEFAULT_MAX_MESSAGE_BYTES = 16 << 20;

  @Mixin private ServerFlags flags = new ServerFlags(DEFAULT_MAX_MESSAGE_BYTES);

  @Override
  public Integer call() throws Exception {
    ServerOptions options = flags.options().allowAnyOrigin().build();
    WebSocketServer server = WebSocketServer.start(options, new EchoListener());
    Serving.untilSignalled(server, "echo", flags.scheme("ws"));
    return 0;
  }
}
