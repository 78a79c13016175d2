package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Redirects, cookies, and what a single call adds to its request, on both backends. */
@Timeout(120)
final class RedirectingTest extends BackendFixture {

  private final BlockingQueue<UpgradeRequest> requests = new LinkedBlockingQueue<>();

  RedirectingTest(Backend backend) {
    super(backend);
  }

  private WebSocketServer start(ServerOptions options) throws IOException {
    WebSocketServer server =
        WebSocketServer.start(
            options,
            request -> {
              requests.add(request);
              UpgradeResponse accept = UpgradeResponse.accept(new Echo());
              List<String> offered = request.subprotocols();
              UpgradeResponse answer =
                  offered.isEmpty() ? accept : accept.withSubprotocol(offered.get(0));
              return answer.withHeader("Set-Cookie", "seen=" + request.path().length());
            });
    open.add(server);
    return server;
  }

  private ScriptedProxy redirecting(String location) throws IOException {
    ScriptedProxy server =
        ScriptedProxy.saying(
            "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nSet-Cookie: from=redirect; Path=/\r\nLocation: "
                + location
                + "\r\n\r\n");
    open.add(server);
    return server;
  }

  private ClientOptions.Builder builder() {
    return ClientOptions.builder().backend(backend);
  }

  private static URI at(int port, String path) {
    return URI.create("ws://127.0.0.1:" + port + path);
  }

  private WebSocket opened(ClientOptions options, URI uri) throws Exception {
    return client(options).connect(uri, new Echo()).get(30, TimeUnit.SECONDS);
  }

  private HandshakeException refused(ClientOptions options, URI uri) {
    WebSocketClient client = client(options);
    Throwable failure = failure(client.connect(uri, new Echo()));
    until("closed", () -> client.connectionCount() == 0);
    return assertInstanceOf(HandshakeException.class, failure);
  }

  @Test
  void aRedirectIsARefusalUnlessAskedFor_K5() throws Exception {
    ScriptedProxy first = redirecting("ws://127.0.0.1:1/");
    HandshakeException refused = refused(builder().build(), at(first.port(), "/"));
    assertEquals(302, refused.status());
    assertEquals(List.of("ws://127.0.0.1:1/"), refused.headers().get("Location"));
  }

  @Test
  void aRedirectIsFollowedAndAnotherOriginGetsNoCredentials_K5() throws Exception {
    WebSocketServer server = start(options().build());
    ScriptedProxy first = redirecting("http://127.0.0.1:" + server.port() + "/there?q=1#x");
    ClientOptions options =
        builder()
            .maxRedirects(1)
            .basicAuth("user", "secret")
            .header("Cookie", "a=b")
            .header("Proxy-Authorization", "c")
            .header("X-Kept", "d")
            .build();
    WebSocket webSocket = opened(options, at(first.port(), "/here"));
    assertTrue(webSocket.isOpen());
    UpgradeRequest request = requests.take();
    assertEquals("/there?q=1", request.target());
    assertEquals("d", request.header("X-Kept"));
    for (String name : List.of("Authorization", "Cookie")) {
      assertEquals(List.of(), request.headers(name), name);
      assertTrue(first.heads.get(0).contains("\r\n" + name + ": "), name);
    }
    assertEquals(List.of(), request.headers("Proxy-Authorization"));
    assertFalse(first.heads.get(0).contains("Proxy-Authorization"), "there is no proxy");
  }

  @Test
  void theSameOriginKeepsCredentials_K5() throws Exception {
    ScriptedProxy server =
        new ScriptedProxy(
            (head, client) ->
                client
                    .getOutputStream()
                    .write(
                        (head.startsWith("GET /a ")
                                ? "HTTP/1.1 307 Elsewhere\r\nContent-Length: 0\r\nLocation: b\r\n\r\n"
                                : "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n")
                            .getBytes()));
    open.add(server);
    HandshakeException refused =
        refused(builder().maxRedirects(5).bearerToken("t0k.en=").build(), at(server.port(), "/a"));
    assertEquals(401, refused.status());
    assertTrue(server.heads.get(1).startsWith("GET /b "), server.heads.get(1));
    assertTrue(server.heads.get(1).contains("\r\nAuthorization: Bearer t0k.en=\r\n"));
  }

  @Test
  void loopsAndTooManyRedirectsEnd_K5() throws Exception {
    ScriptedProxy loop = redirecting("/");
    HandshakeException looping = refused(builder().maxRedirects(5).build(), at(loop.port(), "/"));
    assertTrue(looping.getMessage().contains("lead somewhere"), looping.getMessage());
    assertEquals(302, looping.status());
    ScriptedProxy growing =
        new ScriptedProxy(
            (head, client) ->
                client
                    .getOutputStream()
                    .write(
                        ("HTTP/1.1 301 On\r\nContent-Length: 0\r\nLocation: "
                                + head.split(" ")[1]
                                + "x\r\n\r\n")
                            .getBytes()));
    open.add(growing);
    HandshakeException many = refused(builder().maxRedirects(3).build(), at(growing.port(), "/"));
    assertTrue(many.getMessage().contains("at most 3 redirects"), many.getMessage());
    assertEquals(4, growing.heads.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://127.0.0.1/", "file:///etc/passwd", "ws://user@127.0.0.1/", "ws:"})
  void otherSchemesAndUserInformationAreNotFollowed_K5(String location) throws Exception {
    ScriptedProxy first = redirecting(location);
    HandshakeException refused = refused(builder().maxRedirects(5).build(), at(first.port(), "/"));
    assertEquals(302, refused.status());
    assertTrue(refused.getMessage().contains("Location"), refused.getMessage());
  }

  @Test
  void tlsIsNotLeft_K5(@TempDir Path directory) throws Exception {
    TlsContexts contexts = TlsContexts.create(directory);
    WebSocketServer secure =
        WebSocketServer.start(
            options().tls(contexts.server()).build(),
            request ->
                UpgradeResponse.reject(302, "go").withHeader("Location", "ws://127.0.0.1:1/"));
    open.add(secure);
    HandshakeException refused =
        refused(
            builder().maxRedirects(5).sslContext(contexts.client()).build(),
            URI.create("wss://localhost:" + secure.port() + "/"));
    assertTrue(refused.getMessage().contains("keeps TLS"), refused.getMessage());
  }

  @Test
  void cookiesAreStoredAndSent() throws Exception {
    WebSocketServer server = start(options().build());
    ScriptedProxy first = redirecting("ws://127.0.0.1:" + server.port() + "/there");
    CookieManager cookies = new CookieManager();
    ClientOptions options = builder().maxRedirects(1).cookieHandler(cookies).build();
    opened(options, at(first.port(), "/"));
    assertEquals(List.of("from=redirect"), requests.take().headers("Cookie"));
    until("the answer's cookie", () -> cookies.getCookieStore().getCookies().size() == 2);
    ClientOptions own = builder().cookieHandler(cookies).header("Cookie", "mine=1").build();
    opened(own, at(server.port(), "/again"));
    String sent = requests.take().header("Cookie");
    assertTrue(sent.startsWith("mine=1; "), sent);
    assertTrue(sent.contains("from=redirect") && sent.contains("seen=6"), sent);
  }

  @Test
  void aCookieHandlerThatThrowsFailsTheAttempt() throws Exception {
    WebSocketServer server = start(options().build());
    CookieManager broken =
        new CookieManager() {
          @Override
          public Map<String, List<String>> get(URI uri, Map<String, List<String>> headers) {
            throw new IllegalStateException("broken jar");
          }
        };
    Throwable failure =
        failure(client(builder().cookieHandler(broken).build()).connect(uri(server), new Echo()));
    assertTrue(failure.getMessage().contains("broken jar"), failure.getMessage());
    assertFalse(failure instanceof HandshakeException);
  }

  @Test
  void oneCallAddsHeadersAndSubprotocols() throws Exception {
    WebSocketServer server = start(options().build());
    WebSocketClient client = client(builder().header("X-All", "1").subprotocols("general").build());
    ClientRequest request =
        ClientRequest.to(uri(server))
            .header("X-One", "2")
            .basicAuth("user", "secret")
            .subprotocols("special");
    WebSocket special = client.connect(request, new Echo()).get(30, TimeUnit.SECONDS);
    assertEquals("special", special.subprotocol());
    UpgradeRequest seen = requests.take();
    assertEquals("1", seen.header("X-All"));
    assertEquals("2", seen.header("X-One"));
    assertEquals("Basic dXNlcjpzZWNyZXQ=", seen.header("Authorization"));
    assertEquals("general", connect(client, server, new Echo()).subprotocol());
    assertEquals(null, requests.take().header("X-One"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\r\nb", "ä", "=a"})
  void aTokenThatCannotBeSentIsRefusedAtOnce_K6(String token) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> builder().bearerToken(token));
    assertTrue(refused.getMessage().contains("RFC 6750"), refused.getMessage());
  }
}
