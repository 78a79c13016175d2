package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Authenticator;
import java.net.CookieManager;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients behind an HTTP proxy (RFC 9110 §9.3.6), on both backends. */
@Timeout(120)
final class ProxyTest extends BackendFixture {

  private static final String BASIC = "Basic dXNlcjpzZWNyZXQ="; // user:secret

  private static final String REQUIRED =
      "HTTP/1.1 407 Proxy Authentication Required\r\n"
          + "Proxy-Authenticate: Basic realm=\"the \\\"realm\\\"\"\r\n\r\n";

  ProxyTest(Backend backend) {
    super(backend);
  }

  private ScriptedProxy opened(ScriptedProxy proxy) {
    open.add(proxy);
    return proxy;
  }

  /** A proxy that makes tunnels, for those who are known. */
  private ScriptedProxy tunnelling(boolean login) throws IOException {
    ScriptedProxy[] self = new ScriptedProxy[1];
    self[0] =
        new ScriptedProxy(
            (head, client) -> {
              if (login && !head.contains("\r\nProxy-Authorization: " + BASIC + "\r\n")) {
                client.getOutputStream().write(REQUIRED.getBytes(StandardCharsets.US_ASCII));
              } else {
                self[0].tunnel(head, client);
              }
            });
    return opened(self[0]);
  }

  private ClientOptions.Builder through(ScriptedProxy proxy) {
    return ClientOptions.builder().backend(backend).proxy(proxy.address());
  }

  private void assertEchoes(WebSocketClient client, URI uri) throws Exception {
    BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    WebSocketListener listener =
        new WebSocketListener() {
          @Override
          public void onText(WebSocket webSocket, String text) {
            texts.add(text);
          }
        };
    WebSocket webSocket = client.connect(uri, listener).get(30, TimeUnit.SECONDS);
    assertTrue(webSocket.offerText("through the tunnel"));
    assertEquals("through the tunnel", texts.poll(30, TimeUnit.SECONDS));
    webSocket.close();
  }

  @Test
  void aTunnelCarriesMessages() throws Exception {
    WebSocketServer server = server(options().build(), new Echo());
    ScriptedProxy proxy = tunnelling(false);
    assertEchoes(client(through(proxy).build()), uri(server));
    assertEquals(
        "CONNECT 127.0.0.1:" + server.port() + " HTTP/1.1",
        proxy.heads.get(0).lines().findFirst().get());
  }

  @Test
  void theProxyResolvesTheHost() throws Exception {
    WebSocketServer server = server(options().build(), new Echo());
    ScriptedProxy proxy = tunnelling(false);
    URI uri = URI.create("ws://only-the-proxy-knows.invalid:" + server.port() + "/");
    assertEchoes(client(through(proxy).build()), uri);
  }

  @Test
  void tlsIsSpokenWithinTheTunnel(@TempDir Path directory) throws Exception {
    TlsContexts contexts = TlsContexts.create(directory);
    WebSocketServer server = server(options().tls(contexts.server()).build(), new Echo());
    ScriptedProxy proxy = tunnelling(true);
    ClientOptions options =
        through(proxy)
            .proxyCredentials("user", "secret")
            .sslContext(contexts.client())
            .header("Authorization", "for-the-origin")
            .build();
    assertEchoes(client(options), URI.create("wss://localhost:" + server.port() + "/"));
    assertFalse(proxy.heads.toString().contains("for-the-origin"), "the proxy sees a tunnel");
    assertFalse(proxy.tunnelled.toString(StandardCharsets.ISO_8859_1).contains("for-the-origin"));
  }

  @Test
  void credentialsAreTheProxysAlone_K7() throws Exception {
    WebSocketServer server = server(options().build(), new Echo());
    ScriptedProxy proxy = tunnelling(true);
    assertEchoes(client(through(proxy).proxyCredentials("user", "secret").build()), uri(server));
    assertEquals(1, proxy.heads.size(), "they are sent at once");
    String sent = proxy.tunnelled.toString(StandardCharsets.ISO_8859_1);
    assertTrue(sent.startsWith("GET / HTTP/1.1\r\n"), sent);
    assertFalse(sent.toLowerCase().contains("authorization"), sent);
  }

  @Test
  void proxyAuthorizationAmongTheHeadersIsTheProxysAlone_K7() throws Exception {
    BlockingQueue<Map<String, List<String>>> received = new LinkedBlockingQueue<>();
    WebSocketServer server =
        WebSocketServer.start(
            options().build(),
            request -> {
              received.add(request.headers());
              return UpgradeResponse.accept(new Echo());
            });
    open.add(server);
    ScriptedProxy proxy = tunnelling(true);
    ClientOptions.Builder behindProxy = through(proxy).header("Proxy-Authorization", BASIC);
    assertEchoes(client(behindProxy.header("X-Other", "kept").build()), uri(server));
    assertEquals(1, proxy.heads.size(), "it is sent at once");
    String sent = proxy.tunnelled.toString(StandardCharsets.ISO_8859_1);
    assertFalse(sent.toLowerCase().contains("authorization"), sent);
    assertEquals(List.of("kept"), received.take().get("X-Other"));
    ClientOptions direct =
        ClientOptions.builder()
            .backend(backend)
            .header("proxy-authorization", BASIC)
            .cookieHandler(new CookieManager())
            .build();
    assertEchoes(client(direct), uri(server));
    assertFalse(received.take().containsKey("Proxy-Authorization"));
  }

  @Test
  void theAuthenticatorIsAskedOnceForWhatTheProxyWants() throws Exception {
    WebSocketServer server = server(options().build(), new Echo());
    ScriptedProxy proxy = tunnelling(true);
    AtomicInteger asked = new AtomicInteger();
    BlockingQueue<String> questions = new LinkedBlockingQueue<>();
    Authenticator authenticator =
        new Authenticator() {
          @Override
          protected PasswordAuthentication getPasswordAuthentication() {
            questions.add(
                getRequestorType() + " " + getRequestingPort() + " " + getRequestingScheme());
            return new PasswordAuthentication(
                "user", (asked.incrementAndGet() == 1 ? "secret" : "wrong").toCharArray());
          }
        };
    WebSocketClient client = client(through(proxy).proxyAuthenticator(authenticator).build());
    assertEchoes(client, uri(server));
    assertEquals("PROXY " + proxy.port() + " basic", questions.take());
    assertEquals(2, proxy.heads.size());
    // The second time it is wrong: no third attempt, and no loop.
    Throwable refused = failure(client.connect(uri(server), new Echo()));
    assertEquals(407, assertInstanceOf(HandshakeException.class, refused).status());
    assertEquals(2, asked.get());
    assertEquals(4, proxy.heads.size());
    until("all are closed", () -> client.connectionCount() == 0);
  }

  @Test
  void anAuthenticatorThatKnowsNothingEndsTheAttempt() throws Exception {
    ScriptedProxy proxy = tunnelling(true);
    ClientOptions options = through(proxy).proxyAuthenticator(new Authenticator() {}).build();
    Throwable refused = failure(client(options).connect(URI.create("ws://a.invalid"), new Echo()));
    assertEquals(407, assertInstanceOf(HandshakeException.class, refused).status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 407 No\r\n\r\n",
        "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad",
        "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 20",
      })
  void whatIsNoTunnelFailsWithItsStatus_K7(String answer) throws Exception {
    ScriptedProxy proxy = opened(ScriptedProxy.saying(answer));
    WebSocketClient client = client(through(proxy).handshakeTimeout(Duration.ofSeconds(1)).build());
    Throwable failed = failure(client.connect(URI.create("ws://a.invalid/x"), new Echo()));
    HandshakeException refused = assertInstanceOf(HandshakeException.class, failed);
    boolean answered = answer.endsWith("\r\n\r\n") || answer.endsWith("bad");
    int status =
        answered && !answer.contains(" 101 S") || answer.contains(" 200 ")
            ? Integer.parseInt(answer.substring(9, 12))
            : 0;
    assertEquals(status, refused.status(), refused.getMessage());
    assertTrue(refused.getMessage().contains("proxy"), refused.getMessage());
    assertEquals(1, proxy.heads.size());
    until("closed", () -> client.connectionCount() == 0);
  }

  @Test
  void theAnswerMayComeInAnyTwoParts_K7() throws Exception {
    WebSocketServer server = server(options().build(), new Echo());
    // Neither header means anything in an answer to CONNECT (RFC 9110 §9.3.6).
    String answer = "HTTP/1.0 200 Connected\r\nContent-Length: 5\r\nVia: x\r\n\r\n";
    AtomicInteger split = new AtomicInteger();
    ScriptedProxy[] self = new ScriptedProxy[1];
    self[0] =
        opened(
            new ScriptedProxy(
                (head, socket) -> {
                  int at = split.getAndIncrement();
                  self[0].tunnel(head, socket, answer.substring(0, at), answer.substring(at));
                }));
    WebSocketClient client = client(through(self[0]).proxyCredentials("user", "secret").build());
    for (int at = 0; at <= answer.length(); at++) {
      assertEchoes(client, uri(server));
    }
    String sent = self[0].tunnelled.toString(StandardCharsets.ISO_8859_1);
    assertFalse(sent.toLowerCase().contains("authorization"), sent);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "junk\r\n\r\n",
        "\r\n\r\n",
        "\0",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n\u0081\u0002hi",
        "HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\n\r\n",
      })
  void junkBehindTheAnswerFails_K7(String junk) throws Exception {
    String answer = "HTTP/1.1 200 OK\r\n\r\n";
    for (int split = 0; split <= junk.length(); split++) {
      String first = answer + junk.substring(0, split);
      String second = junk.substring(split);
      ScriptedProxy proxy =
          opened(
              new ScriptedProxy(
                  (head, socket) -> {
                    socket.setTcpNoDelay(true);
                    socket.getOutputStream().write(first.getBytes(StandardCharsets.ISO_8859_1));
                    socket.getOutputStream().write(second.getBytes(StandardCharsets.ISO_8859_1));
                    socket.shutdownOutput();
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                  }));
      WebSocketClient client = client(through(proxy).build());
      Closes closes = new Closes();
      Throwable failed = failure(client.connect(URI.create("ws://a.invalid/x"), closes));
      assertInstanceOf(IOException.class, failed);
      assertEquals(0, closes.opened.get() + closes.closed.get());
      until("closed", () -> client.connectionCount() == 0);
      client.close();
    }
  }

  @Test
  void anEndlessAnswerIsCutOff_K7() throws Exception {
    ScriptedProxy proxy =
        opened(
            new ScriptedProxy(
                (head, client) -> {
                  client.getOutputStream().write("HTTP/1.1 200 OK\r\n".getBytes());
                  while (true) {
                    client
                        .getOutputStream()
                        .write("X-More: of the same\r\n".repeat(100).getBytes());
                  }
                }));
    WebSocketClient client = client(through(proxy).build());
    Throwable failed = failure(client.connect(URI.create("ws://a.invalid/x"), new Echo()));
    assertInstanceOf(HandshakeException.class, failed);
    until("closed", () -> client.connectionCount() == 0);
  }

  @Test
  void aProxyThatIsNotThereIsNamed() throws Exception {
    ScriptedProxy proxy = ScriptedProxy.saying("");
    proxy.close();
    Throwable failed =
        failure(client(through(proxy).build()).connect(URI.create("ws://a.invalid"), new Echo()));
    assertTrue(
        failed.getMessage().contains("the proxy 127.0.0.1:" + proxy.port())
            || failed.getMessage().contains("the proxy localhost:" + proxy.port()),
        failed.getMessage());
  }

  @Test
  void theSelectorIsAskedAsForHttp() throws Exception {
    WebSocketServer server = server(options().build(), new Echo());
    BlockingQueue<URI> asked = new LinkedBlockingQueue<>();
    List<Proxy> proxies = new java.util.concurrent.CopyOnWriteArrayList<>(List.of(Proxy.NO_PROXY));
    ProxySelector selector =
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            asked.add(uri);
            return proxies;
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
        };
    WebSocketClient client =
        client(ClientOptions.builder().backend(backend).proxy(selector).build());
    assertEchoes(client, uri(server));
    assertEquals(URI.create("http://127.0.0.1:" + server.port() + "/"), asked.take());
    proxies.set(0, new Proxy(Proxy.Type.SOCKS, new InetSocketAddress("127.0.0.1", 1)));
    Throwable failed = failure(client.connect(URI.create("wss://a.invalid/b?c"), new Echo()));
    assertTrue(failed.getMessage().contains("SOCKS"), failed.getMessage());
    assertEquals(URI.create("https://a.invalid/b?c"), asked.take());
  }

  @Test
  void credentialsThatCannotBeSentAreRefusedAtOnce_K6() {
    ClientOptions.Builder options = ClientOptions.builder();
    assertThrows(
        IllegalArgumentException.class, () -> options.proxyCredentials("user:name", "secret"));
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> options.proxyCredentials("user", "sec\r\nret"));
    assertFalse(refused.getMessage().contains("ret"), "a password is not shown");
  }
}
