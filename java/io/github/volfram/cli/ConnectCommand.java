package io.github.volfram.cli;

import io.github.volfram.ClientOptions;
import io.github.volfram.DeflateOptions;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** An interactive client. */
@Command(
    name = "connect",
    description = {
      "Connects to a WebSocket server and talks to it over the standard streams.",
      "Each line of the input is sent as a text message, each message received is printed; the end"
          + " of the input closes the connection.",
      "The exit code is 0 when the connection was closed with 1000, 1001 or no code; with"
          + " --reconnect, the last one."
    })
final class ConnectCommand implements Callable<Integer> {

  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  @Parameters(
      paramLabel = "URL",
      converter = WebSocketUri.class,
      description = "Where to connect, such as ws://127.0.0.1:9001/echo.")
  private URI uri = URI.create("");

  @Mixin private BackendFlag backend = new BackendFlag();

  @Option(
      names = {"-H", "--header"},
      paramLabel = "'NAME: VALUE'",
      converter = HeaderLine.Converter.class,
      description = "Adds a header to the request; may be repeated.")
  private List<HeaderLine> headers = List.of();

  @Option(
      names = "--subprotocol",
      paramLabel = "NAME",
      description = "Offers a subprotocol; may be repeated, the preferred one first.")
  private List<String> subprotocols = List.of();

  @Option(names = "--deflate", description = "Offers to compress messages (permessage-deflate).")
  private boolean deflate;

  @Option(
      names = "--insecure",
      description = "Trusts whatever certificate a wss server shows: for tests only.")
  private boolean insecure;

  @Option(
      names = "--ping-interval",
      paramLabel = "SECONDS",
      description = "Pings a server that is silent for so long (default: ${DEFAULT-VALUE}).")
  private int pingSeconds = 60;

  @Option(
      names = "--proxy",
      paramLabel = "http://[USER:PASSWORD@]HOST:PORT",
      converter = ProxyUrl.Converter.class,
      description = "Connects through this HTTP proxy.")
  private @Nullable ProxyUrl proxy;

  @Option(
      names = "--max-redirects",
      paramLabel = "N",
      description = "Follows so many redirects, up to 5 (default: ${DEFAULT-VALUE}).")
  private int maxRedirects;

  @Option(
      names = "--unix",
      paramLabel = "PATH",
      description = "Connects to this Unix domain socket; the URL still names Host and path.")
  private @Nullable Path unixPath;

  @Option(
      names = "--reconnect",
      description = {
        "Connects again, each time after a longer while, when that fails or the connection is lost,"
            + " until the end of the input, until the server closes it with 1000 or until it"
            + " refuses with a status such as 401, 403 or 404.",
        "A line that could not leave is sent on the next connection."
      })
  private boolean reconnect;

  @Override
  public Integer call() throws GeneralSecurityException {
    ClientOptions.Builder options =
        ClientOptions.builder()
            .backend(backend.choice())
            .poller(backend.poller())
            .maxMessageBytes(MAX_MESSAGE_BYTES)
            .subprotocols(subprotocols.toArray(String[]::new));
    options.idleTimeout(Duration.ofSeconds(pingSeconds));
    if (deflate) {
      options.deflate(DeflateOptions.DEFAULT);
    }
    if (insecure) {
      options.sslContext(TrustEverything.context()).verifyHostname(false);
    }
    options.maxRedirects(maxRedirects);
    if (unixPath != null) {
      options.unixPath(unixPath);
    }
    if (proxy != null) {
      options.proxy(proxy.address());
      if (proxy.user() != null) {
        options.proxyCredentials(proxy.user(), proxy.password());
      }
    }
    headers.forEach(header -> options.header(header.name(), header.value()));
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    try (WebSocketClient client = WebSocketClient.create(options.build())) {
      PrintingListener.End end =
          reconnect ? new LastingConnection(client, uri, out).end() : talk(client, out);
      return end != null && end.isClean() ? 0 : 1;
    }
  }

  private PrintingListener.End talk(WebSocketClient client, PrintStream out) {
    CompletableFuture<PrintingListener.End> ended = new CompletableFuture<>();
    PrintingListener listener = new PrintingListener(out, ended::complete);
    WebSocket webSocket = client.connect(uri, listener).join();
    System.err.println(connected(uri, webSocket.subprotocol()));
    readInput(() -> sendLines(webSocket));
    PrintingListener.End end = ended.join();
    System.err.println(end.describe());
    return end;
  }

  static String connected(URI uri, @Nullable String subprotocol) {
    return "connected to " + uri + (subprotocol == null ? "" : ", subprotocol " + subprotocol);
  }

  /** Runs what reads the standard input. */
  static void readInput(Runnable task) {
    Thread reader = new Thread(task, "volfram-stdin");
    reader.setDaemon(true); // a read of the standard input cannot be interrupted
    reader.start();
  }

  /** The lines of the standard input. */
  static BufferedReader lines() {
    return new BufferedReader(
        new InputStreamReader(new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8));
  }

  /**
   * Sends one line after the other, each when the one before has left, so that few are buffered.
   */
  private static void sendLines(WebSocket webSocket) {
    try {
      BufferedReader lines = lines();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        webSocket.sendText(line).join();
      }
    } catch (IOException e) {
      System.err.println("the standard input cannot be read: " + Failures.describe(e));
    } catch (CompletionException e) {
      // The connection has ended, which the other thread reports.
    }
    webSocket.close();
  }
}
