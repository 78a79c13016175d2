package io.github.volfram.examples;

import io.github.volfram.ClientOptions;
import io.github.volfram.ReconnectOptions;
import io.github.volfram.ReconnectingWebSocket;
import io.github.volfram.ServerOptions;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketListener;
import java.net.Authenticator;
import java.net.CookieManager;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** What docs/clients.md shows. */
final class ClientRecipes {

  private ClientRecipes() {}

  static ClientOptions proxy() {
    ClientOptions options =
        ClientOptions.builder()
            .proxy(InetSocketAddress.createUnresolved("proxy.example", 3128))
            .proxyCredentials("user", "password")
            .build();
    return options;
  }

  static ClientOptions systemProxies(Authenticator authenticator) {
    ClientOptions options =
        ClientOptions.builder()
            .proxy(ProxySelector.getDefault())
            .proxyAuthenticator(authenticator)
            .build();
    return options;
  }

  static ClientOptions redirects() {
    ClientOptions options = ClientOptions.builder().maxRedirects(3).build();
    return options;
  }

  static ClientOptions cookiesAndCredentials(String token) {
    ClientOptions options =
        ClientOptions.builder().cookieHandler(new CookieManager()).bearerToken(token).build();
    return options;
  }

  static ClientOptions addresses() {
    ClientOptions options =
        ClientOptions.builder()
            .connectTimeout(Duration.ofSeconds(5))
            .connectionAttemptDelay(Duration.ofMillis(100))
            .build();
    return options;
  }

  static ClientOptions unix() {
    ClientOptions options = ClientOptions.builder().unixPath(Path.of("/run/app/websocket")).build();
    return options;
  }

  static ServerOptions severalPlaces(Supplier<SSLContext> context, Path path) {
    ServerOptions options =
        ServerOptions.builder()
            .port(8080)
            .alsoListenTls(new InetSocketAddress("0.0.0.0", 8443), context)
            .alsoListen(java.net.UnixDomainSocketAddress.of(path))
            .build();
    return options;
  }

  static ReconnectingWebSocket reconnecting(
      WebSocketClient client,
      URI uri,
      WebSocketListener listener,
      Consumer<ReconnectingWebSocket.State> display) {
    ReconnectOptions options =
        ReconnectOptions.builder()
            .maxDelay(Duration.ofSeconds(10))
            .policy(lost -> lost.closeCode() == 4001 ? null : lost.delay())
            .onState(display)
            .build();
    ReconnectingWebSocket lasting = client.connectReconnecting(uri, listener, options);
    return lasting;
  }

  static WebSocket jdk(WebSocketClient client, URI uri, WebSocket.Listener listener) {
    // before: WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
    WebSocket.Builder builder = client.jdkBuilder();
    WebSocket webSocket = builder.buildAsync(uri, listener).join();
    return webSocket;
  }
}
