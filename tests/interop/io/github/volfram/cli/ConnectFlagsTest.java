package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.ScriptedProxy;
import io.github.volfram.ServerOptions;
import io.github.volfram.UpgradeHandler;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocketServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The flags of {@code connect} about the way to the server. */
class ConnectFlagsTest {

  private static final String LOGIN = "Proxy-Authorization: Basic dXNlcjpzZTpjcmV0"; // user:se:cret

  private static ScriptedProxy proxyForTheKnown() throws IOException {
    ScriptedProxy[] self = new ScriptedProxy[1];
    self[0] =
        new ScriptedProxy(
            (head, client) -> {
              if (head.contains("\r\n" + LOGIN + "\r\n")) {
                self[0].tunnel(head, client);
              } else {
                client
                    .getOutputStream()
                    .write(
                        "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
              }
            });
    return self[0];
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio"})
  void theProxyGetsTheCredentialsOfItsUrlAndCarriesMessages(String backend) throws Exception {
    Backends.require(backend);
    try (WebSocketServer server = WebSocketServer.start(nio(), new EchoListener());
        ScriptedProxy proxy = proxyForTheKnown();
        CliProcess connect =
            CliProcess.start(
                "connect",
                "--backend=" + backend,
                "--proxy=http://user:se%3Acret@127.0.0.1:" + proxy.address().getPort(),
                url(server, ""))) {
      assertEquals("connected to " + url(server, ""), connect.nextErrorLine());
      connect.type("through the tunnel");
      assertEquals("through the tunnel", connect.nextLine());
      connect.endInput();
      assertEquals(0, connect.exitCode());
      assertEquals(1, proxy.heads.size());
      assertTrue(
          proxy.heads.get(0).startsWith("CONNECT 127.0.0.1:" + server.port() + " "),
          proxy.heads.get(0));
    }
  }

  @Test
  void aProxyThatRefusesIsOneLine() throws Exception {
    try (WebSocketServer server = WebSocketServer.start(nio(), new EchoListener());
        ScriptedProxy proxy = proxyForTheKnown();
        CliProcess connect =
            CliProcess.start(
                "connect",
                "--proxy=http://127.0.0.1:" + proxy.address().getPort(),
                url(server, ""))) {
      String line = connect.failure(1);
      assertTrue(line.contains("407"), line);
    }
  }

  @Test
  void aMalformedProxyIsOneLineWithoutThePassword() throws Exception {
    try (CliProcess connect =
        CliProcess.start("connect", "--proxy=socks://user:secret@host:1", "ws://127.0.0.1:1/")) {
      String line = connect.failure(2);
      assertTrue(line.contains("--proxy"), line);
      assertFalse(line.contains("secret"), line);
    }
  }

  private static WebSocketServer redirecting() throws IOException {
    UpgradeHandler handler =
        request ->
            request.path().equals("/old")
                ? UpgradeResponse.reject(302, "moved").withHeader("Location", "/new")
                : UpgradeResponse.accept(new EchoListener());
    return WebSocketServer.start(nio(), handler);
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio"})
  void redirectsAreFollowedWhenThatIsAskedFor(String backend) throws Exception {
    Backends.require(backend);
    try (WebSocketServer server = redirecting();
        CliProcess connect =
            CliProcess.start(
                "connect", "--backend=" + backend, "--max-redirects=1", url(server, "old"))) {
      assertTrue(connect.nextErrorLine().startsWith("connected to "));
      connect.type("Hello");
      assertEquals("Hello", connect.nextLine());
      connect.endInput();
      assertEquals(0, connect.exitCode());
    }
  }

  @Test
  void redirectsAreNotFollowedByDefault() throws Exception {
    try (WebSocketServer server = redirecting();
        CliProcess connect = CliProcess.start("connect", url(server, "old"))) {
      String line = connect.failure(1);
      assertTrue(line.contains("302"), line);
    }
  }

  @Test
  void moreRedirectsThanAreAllowedIsOneLine() throws Exception {
    try (CliProcess connect =
        CliProcess.start("connect", "--max-redirects=6", "ws://127.0.0.1:1/")) {
      String line = connect.failure(2);
      assertTrue(line.contains("maxRedirects"), line);
    }
  }

  private static ServerOptions nio() {
    return ServerOptions.builder().backend(Backend.NIO).build();
  }

  private static String url(WebSocketServer server, String path) {
    return "ws://127.0.0.1:" + server.port() + "/" + path;
  }
}
