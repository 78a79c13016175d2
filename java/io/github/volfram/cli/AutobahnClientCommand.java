package io.github.volfram.cli;

import io.github.volfram.ClientOptions;
import io.github.volfram.DeflateOptions;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketListener;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lets an Autobahn fuzzing server test this client; the server writes the report. */
@Command(
    name = "autobahn-client",
    description = "Runs every case of an Autobahn fuzzing server, then has it write its reports.")
final class AutobahnClientCommand implements Callable<Integer> {

  private static final int MAX_MESSAGE_BYTES = 64 << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration CASE_TIMEOUT = Duration.ofMinutes(10);

  @Option(
      names = "--url",
      required = true,
      paramLabel = "URL",
      converter = WebSocketUri.class,
      description = "The fuzzing server, such as ws://127.0.0.1:9001.")
  private URI url = URI.create("");

  @Mixin private BackendFlag backend = new BackendFlag();

  @Option(
      names = "--agent",
      paramLabel = "NAME",
      description = "What the report calls this client (default: volfram- and the backend).")
  private @Nullable String agent;

  @Option(names = "--deflate", description = "Offers to compress messages (permessage-deflate).")
  private boolean deflate;

  @Override
  public Integer call() throws Exception {
    try (WebSocketClient client = WebSocketClient.create(options())) {
      String name = agent == null ? "volfram-" + client.backend() : agent;
      String query = "agent=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
      int count = caseCount(client);
      int failures = 0;
      for (int number = 1; number <= count; number++) {
        try {
          echoUntilClosed(client, "/runCase?case=" + number + "&" + query);
        } catch (IOException e) {
          failures++;
          System.err.println("case " + number + ": " + Failures.describe(e));
        }
      }
      echoUntilClosed(client, "/updateReports?" + query);
      System.out.println(name + ": " + (count - failures) + " of " + count + " cases run");
      return failures == 0 ? 0 : 1;
    }
  }

  private ClientOptions options() {
    ClientOptions.Builder options =
        ClientOptions.builder()
            .backend(backend.choice())
            .poller(backend.poller())
            .maxMessageBytes(MAX_MESSAGE_BYTES)
            .outboundSoftMarkBytes(EchoListener.SOFT_MARK_BYTES)
            .outboundHardCapBytes(EchoListener.hardCapBytes(MAX_MESSAGE_BYTES))
            .connectTimeout(PATIENCE)
            .handshakeTimeout(PATIENCE)
            .writeTimeout(PATIENCE);
    if (deflate) {
      options.deflate(DeflateOptions.DEFAULT);
    }
    return options.build();
  }

  private int caseCount(WebSocketClient client) throws IOException, InterruptedException {
    CompletableFuture<String> answer = new CompletableFuture<>();
    WebSocketListener listener =
        new WebSocketListener() {
          @Override
          public void onText(WebSocket webSocket, String text) {
            answer.complete(text);
          }

          @Override
          public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable e) {
            answer.complete("");
          }
        };
    String count =
        await(client.connect(at("/getCaseCount"), listener).thenCompose(opened -> answer));
    try {
      return Integer.parseInt(count.strip());
    } catch (NumberFormatException e) {
      throw new IOException("expected a number of cases from " + url + ", got '" + count + "'", e);
    }
  }

  private void echoUntilClosed(WebSocketClient client, String target)
      throws IOException, InterruptedException {
    CompletableFuture<Boolean> closed = new CompletableFuture<>();
    WebSocketListener listener =
        new EchoListener() {
          @Override
          public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable e) {
            closed.complete(true);
          }
        };
    await(client.connect(at(target), listener).thenCompose(opened -> closed));
  }

  private URI at(String target) {
    String base = url.toString();
    return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + target);
  }

  private static <T> T await(CompletableFuture<T> result) throws IOException, InterruptedException {
    try {
      return result.get(CASE_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(Failures.describe(e), e);
    } catch (TimeoutException e) {
      throw new IOException("not over after " + CASE_TIMEOUT.toMinutes() + " minutes", e);
    }
  }
}
