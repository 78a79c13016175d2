package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** WebSockets and pages by path, on both backends. */
@Timeout(120)
final class RoutesTest extends BackendFixture {

  @TempDir Path directory;

  RoutesTest(Backend backend) {
    super(backend);
  }

  private static WebSocketListener saying(String what) {
    return new WebSocketListener() {
      @Override
      public void onOpen(WebSocket webSocket) {
        webSocket.offerText(what);
      }
    };
  }

  private WebSocketServer start(Routes routes) throws Exception {
    WebSocketServer server = WebSocketServer.start(options().plainHttp(true).build(), routes);
    open.add(server);
    return server;
  }

  /** The whole answer to a request, as it is on the wire. */
  private static String ask(WebSocketServer server, String method, String target) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(60_000);
      String head = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static int status(WebSocketServer server, String target) throws Exception {
    return Integer.parseInt(ask(server, "GET", target).substring(9, 12));
  }

  private String first(WebSocketServer server, String target) throws Exception {
    LinkedBlockingQueue<String> said = new LinkedBlockingQueue<>();
    WebSocketListener hearing =
        new WebSocketListener() {
          @Override
          public void onText(WebSocket webSocket, String text) {
            said.add(text);
          }
        };
    client()
        .connect(URI.create("ws://127.0.0.1:" + server.port() + target), hearing)
        .get(60, TimeUnit.SECONDS);
    return said.poll(60, TimeUnit.SECONDS);
  }

  private int refusal(WebSocketServer server, String target) {
    Throwable failure =
        failure(
            client()
                .connect(
                    URI.create("ws://127.0.0.1:" + server.port() + target),
                    new WebSocketListener() {}));
    return assertInstanceOf(HandshakeException.class, failure).status();
  }

  @Test
  void aWebSocketIsFoundByItsPath() throws Exception {
    WebSocketServer server =
        start(
            Routes.builder()
                .webSocket("/echo", saying("echo"))
                .webSocket("/chat/*", saying("chat"))
                .webSocket("/chat/private/*", saying("private"))
                .webSocket("/chat/private/door", saying("door"))
                .webSocket(
                    "/guarded/*", request -> UpgradeResponse.reject(401, request.path() + "\n"))
                .build());
    assertEquals("echo", first(server, "/echo?x=/chat/"));
    assertEquals("chat", first(server, "/chat/"));
    assertEquals("chat", first(server, "/chat/private"));
    assertEquals("private", first(server, "/chat/private/a/b"));
    assertEquals("door", first(server, "/chat/private/door"));
    assertEquals(401, refusal(server, "/guarded/x"));
    for (String none : new String[] {"/", "/chat", "/echo/", "/Echo", "/ech%6f"}) {
      assertEquals(404, refusal(server, none), none);
      assertEquals(404, status(server, none), none);
    }
    assertEquals(426, status(server, "/echo"));
    assertTrue(ask(server, "GET", "/chat/x").contains("\r\nUpgrade: websocket\r\n"));
  }

  @Test
  void plainRequestsGetTextPagesAndWhatAHandlerSays() throws Exception {
    WebSocketServer server =
        start(
            Routes.builder()
                .webSocket("/both", saying("socket"))
                .text("/both", "page\n")
                .page("/", "text/html; charset=utf-8", "<p>é".getBytes(StandardCharsets.UTF_8))
                .get(
                    "/hello/*",
                    request ->
                        UpgradeResponse.respond(
                            203, "text/plain", request.query().getBytes(StandardCharsets.UTF_8)))
                .build());
    assertEquals("socket", first(server, "/both"));
    assertTrue(ask(server, "GET", "/both").endsWith("\r\n\r\npage\n"));
    String page = ask(server, "GET", "/");
    assertTrue(page.startsWith("HTTP/1.1 200 "), page);
    assertTrue(page.contains("\r\nContent-Type: text/html; charset=utf-8\r\n"), page);
    assertTrue(page.endsWith("\r\n\r\n<p>é"), page);
    String head = ask(server, "HEAD", "/");
    assertTrue(head.startsWith("HTTP/1.1 200 "), head);
    assertTrue(head.endsWith("\r\n\r\n"), head);
    assertTrue(ask(server, "GET", "/hello/you?name=1").startsWith("HTTP/1.1 203 "));
    assertEquals(404, refusal(server, "/"));
    for (String method : new String[] {"POST", "DELETE", "OPTIONS"}) {
      String answer = ask(server, method, "/");
      assertTrue(answer.startsWith("HTTP/1.1 405 "), answer);
      assertTrue(answer.contains("\r\nAllow: GET"), answer);
    }
  }

  @Test
  void whatHasNoRouteMayBeAnsweredOtherwise() throws Exception {
    WebSocketServer server =
        start(Routes.builder().otherwise(request -> UpgradeResponse.reject(410, "gone\n")).build());
    assertEquals(410, status(server, "/x"));
    assertEquals(410, refusal(server, "/x"));
  }

  @DisabledOnOs(OS.WINDOWS) // there only an administrator makes symbolic links
  @Test
  void theFilesOfAFolderAreServedAndNothingElse() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("site"));
    Path secret = Files.writeString(directory.resolve("secret.txt"), "secret");
    Files.writeString(folder.resolve("index.html"), "<p>index");
    Files.writeString(folder.resolve("a b.txt"), "space");
    Files.writeString(folder.resolve(".hidden"), "hidden");
    Path deep = Files.createDirectories(folder.resolve("deep/er"));
    Files.writeString(deep.resolve("app.js"), "app()");
    Files.write(deep.resolve("unknown"), new byte[] {1, 2, 3});
    Files.createSymbolicLink(folder.resolve("out.txt"), secret);
    Files.createSymbolicLink(folder.resolve("outside"), directory);
    Files.createSymbolicLink(folder.resolve("in.txt"), folder.resolve("a b.txt"));
    WebSocketServer server = start(Routes.builder().folder("/static", folder).build());

    assertServed(server, "/static/", "text/html; charset=utf-8", "<p>index");
    assertServed(server, "/static/index.html?v=1", "text/html; charset=utf-8", "<p>index");
    assertServed(server, "/static/a%20b.txt", "text/plain; charset=utf-8", "space");
    assertServed(server, "/static/in.txt", "text/plain; charset=utf-8", "space");
    assertServed(server, "/static/d%65ep/er/app.js", "text/javascript; charset=utf-8", "app()");
    assertServed(server, "/static/deep/er/unknown", "application/octet-stream", "\1\2\3");

    for (String none :
        new String[] {
          "/static",
          "/static/deep",
          "/static/deep/",
          "/static//index.html",
          "/static/./index.html",
          "/static/../secret.txt",
          "/static/deep/../index.html",
          "/static/%2e%2e/secret.txt",
          "/static/..%2fsecret.txt",
          "/static/%252e%252e/secret.txt",
          "/static/..%5csecret.txt",
          "/static/.hidden",
          "/static/out.txt",
          "/static/outside/secret.txt",
          "/static/%2fetc%2fpasswd"
        }) {
      assertEquals(404, status(server, none), none);
    }
    for (String malformed :
        new String[] {
          "/static/%",
          "/static/%2",
          "/static/%zz",
          "/static/a%00.txt",
          "/static/%ff",
          "/static/%c0%ae"
        }) {
      assertEquals(400, status(server, malformed), malformed);
    }
  }

  private static void assertServed(
      WebSocketServer server, String target, String type, String content) throws Exception {
    String answer = ask(server, "GET", target);
    assertTrue(answer.startsWith("HTTP/1.1 200 "), target + ": " + answer);
    assertTrue(answer.contains("\r\nContent-Type: " + type + "\r\n"), answer);
    assertTrue(answer.contains("\r\nX-Content-Type-Options: nosniff\r\n"), answer);
    assertTrue(answer.endsWith("\r\n\r\n" + content), answer);
  }

  @Test
  void aFileOfFourMebibytesArrivesWholeAndALargerOneIsRefusedAtOnce() throws Exception {
    Path file = Files.write(directory.resolve("large"), new byte[4 << 20]);
    WebSocketServer server = start(Routes.builder().folder("/", directory).build());
    String answer = ask(server, "GET", "/large");
    assertEquals(4 << 20, answer.length() - answer.indexOf("\r\n\r\n") - 4);
    Files.write(file, new byte[(4 << 20) + 1]);
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Routes.builder().folder("/", directory));
    assertTrue(refused.getMessage().contains("large of 4194305"), refused.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Routes.builder().folder("/", file));
  }

  @Test
  void whatIsNoPatternIsRefusedAtOnce() {
    Routes.Builder builder = Routes.builder().text("/a", "x").text("/a/*", "x");
    for (String wrong : new String[] {"", "a", "/*/a", "/a*", "/a?b", "/a", "/a/*"}) {
      assertThrows(IllegalArgumentException.class, () -> builder.text(wrong, "x"), wrong);
    }
  }
}
