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

  @Mixin private ServerFlags flags = new ServerFlags();

  @Override
  public Integer call() throws Exception {
    ServerOptions options = flags.options().allowAnyOrigin().build();
    WebSocketServer server = WebSocketServer.start(options, new EchoListener());
    Serving.untilSignalled(server, "echo", "ws");
    return 0;
  }
}
