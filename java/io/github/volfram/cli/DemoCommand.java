package io.github.volfram.cli;

import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocketServer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Echo, chat and a web page that uses both, on one port. */
@Command(
    name = "demo",
    description = "Serves an echo at /echo, a chat at /chat and a web page for both at /.")
final class DemoCommand implements Callable<Integer> {

  @Mixin private ServerFlags flags = new ServerFlags(1 << 20);

  @Override
  public Integer call() throws Exception {
    ServerOptions options = flags.options().plainHttp(true).build();
    DemoSite site = new DemoSite();
    WebSocketServer server = WebSocketServer.start(options, site);
    site.open(new DemoPage(Serving.backend(server)));
    Serving.untilSignalled(server, "demo", flags.scheme("http"));
    return 0;
  }
}
