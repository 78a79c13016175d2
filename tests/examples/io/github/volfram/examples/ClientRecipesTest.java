package io.github.volfram.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ReconnectingWebSocket;
import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketListener;
import io.github.volfram.WebSocketServer;
import java.io.IOException;
import java.net.Authenticator;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The code in docs/clients.md is this code, and it works. */
@Timeout(60)
class ClientRecipesTest {

  private static final Path BASE = Path.of(System.getProperty("volfram.basedir", ""));
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private static String withoutIndents(String code) {
    return code.lines().map(String::strip).collect(Collectors.joining("\n"));
  }

  @Test
  void theDocumentShowsWhatIsCompiledHere() throws IOException {
    String compiled =
        withoutIndents(
            Files.readString(
                BASE.resolve("tests/examples/io/github/volfram/examples/ClientRecipes.java")));
    Matcher blocks = BLOCK.matcher(Files.readString(BASE.resolve("docs/clients.md")));
    int count = 0;
    while (blocks.find()) {
      count++;
      assertTrue(compiled.contains(withoutIndents(blocks.group(1))), blocks.group(1));
    }
    assertEquals(9, count);
  }

  @Test
  void theOptionsAreAsTheySay() {
    assertEquals(3, ClientRecipes.redirects().maxRedirects());
    assertEquals("websocket", ClientRecipes.unix().unixPath().getFileName().toString());
    assertEquals(100, ClientRecipes.addresses().connectionAttemptDelay().toMillis());
    assertTrue(ClientRecipes.proxy().proxyAuthorization().startsWith("Basic "));
    Authenticator none = new Authenticator() {};
    assertEquals(none, ClientRecipes.systemProxies(none).proxyAuthenticator());
    assertEquals(
        "Bearer abc", ClientRecipes.cookiesAndCredentials("abc").headers().get(0).getValue());
    assertEquals(
        2, ClientRecipes.severalPlaces(() -> null, Path.of("/run/s")).alsoListening().size());
  }

  @Test
  void theConnectionsAreMade() throws Exception {
    CompletableFuture<io.github.volfram.WebSocket> opened = new CompletableFuture<>();
    WebSocketListener watching =
        new WebSocketListener() {
          @Override
          public void onOpen(io.github.volfram.WebSocket webSocket) {
            opened.complete(webSocket);
          }
        };
    CompletableFuture<String> echo = new CompletableFuture<>();
    WebSocket.Listener listener =
        new WebSocket.Listener() {
          @Override
          public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            echo.complete(data.toString());
            return null;
          }
        };
    try (WebSocketServer server =
            WebSocketServer.start(ServerOptions.builder().build(), new EchoServer());
        WebSocketClient client = WebSocketClient.create()) {
      URI uri = URI.create("ws://127.0.0.1:" + server.port() + "/");
      Queue<ReconnectingWebSocket.State> states = new ConcurrentLinkedQueue<>();
      try (ReconnectingWebSocket lasting =
          ClientRecipes.reconnecting(client, uri, watching, states::add)) {
        assertTrue(opened.get(30, TimeUnit.SECONDS).isOpen());
        assertEquals(ReconnectingWebSocket.State.OPEN, lasting.state());
        assertTrue(states.contains(ReconnectingWebSocket.State.OPEN));
      }
      ClientRecipes.jdk(client, uri, listener).sendText("Hello", true).join();
      assertEquals("Hello", echo.get(30, TimeUnit.SECONDS));
    }
  }
}
