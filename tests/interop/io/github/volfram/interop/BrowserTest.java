package io.github.volfram.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.Backend;
import io.github.volfram.PemFiles;
import io.github.volfram.ServerOptions;
import io.github.volfram.TlsKeys;
import io.github.volfram.UpgradeRequest;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** A page in headless Chromium, served by our server on the port of its WebSockets. */
@ParameterizedClass(name = "{0}, {1}")
@CsvSource({"NATIVE, http", "NIO, http", "NATIVE, https", "NIO, https"})
@Timeout(120)
class BrowserTest {

  /**
   * Echoes on one connection until the server closes it; then tells how that ended on another,
   * which it closes itself.
   */
  private static final String PAGE =
      """
      <!doctype html><meta charset="utf-8"><title>echo</title>
      <script>
      const url = path => `${location.protocol.replace('http', 'ws')}//${location.host}/${path}`;
      const echo = new WebSocket(url('echo'), ['chat.v1', 'chat.v2']);
      echo.binaryType = 'arraybuffer';
      echo.onmessage = message => echo.send(message.data);
      echo.onclose = close => {
        const report = new WebSocket(url('report'));
        report.onopen = () => {
          report.send(`${close.code} ${close.reason} ${close.wasClean} ${echo.protocol}`);
          report.close(4003, 'страница закрыта');
        };
      };
      </script>
      """;

  @Parameter(0)
  Backend backend;

  @Parameter(1)
  String scheme;

  @TempDir Path temporary;

  private final RecordingListener echo = new RecordingListener();
  private final RecordingListener report = new RecordingListener();
  private WebSocketServer server;

  @BeforeEach
  void startServer() throws Exception {
    Peers.require(backend);
    ServerOptions.Builder options = ServerOptions.builder().backend(backend).plainHttp(true);
    if (scheme.equals("https")) {
      PemFiles pem = PemFiles.create(temporary, "EC");
      options.tls(TlsKeys.fromPem(pem.certificates(), pem.key()));
    }
    server = WebSocketServer.start(options.build(), this::answer);
    assertEquals(backend, server.backend());
  }

  @AfterEach
  void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  private UpgradeResponse answer(UpgradeRequest request) {
    return switch (request.path()) {
      case "/" ->
          UpgradeResponse.respond(
              200, "text/html; charset=utf-8", PAGE.getBytes(StandardCharsets.UTF_8));
      case "/echo" -> UpgradeResponse.accept(echo).withSubprotocol(PeerServer.SUBPROTOCOL);
      case "/report" -> UpgradeResponse.accept(report);
      default -> UpgradeResponse.reject(404, "not here");
    };
  }

  @Test
  void aPageEchoesTextAndBinaryAndClosesInGoodOrder() throws Exception {
    Process chromium = browse(scheme + "://127.0.0.1:" + server.port() + "/", temporary);
    try {
      WebSocket webSocket = echo.webSocket();
      echo.log.expect(Event.open(PeerServer.SUBPROTOCOL, ""));
      for (String text : InteropContract.TEXTS) {
        assertTrue(webSocket.offerText(text));
        echo.log.expect(Event.text(text));
      }
      for (int size : new int[] {0, 1, 125, 126, 65_535, 65_536, 1_000_000}) {
        byte[] payload = InteropContract.randomBytes(size);
        assertTrue(webSocket.offerBinary(ByteBuffer.wrap(payload)));
        echo.log.expect(Event.binary(payload));
      }
      webSocket.close(4001, "genug");
      echo.log.expect(Event.close(4001, "genug"));
      report.log.expect(
          Event.open("", ""),
          Event.text("4001 genug true " + PeerServer.SUBPROTOCOL),
          Event.close(4003, "страница закрыта"));
    } finally {
      end(chromium);
    }
  }

  /** Opens a page in a new browser, which keeps all its files in this directory. */
  private static Process browse(String page, Path temporary) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Peers.chromium().toString(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--ignore-certificate-errors", // nobody has signed this one
            "--user-data-dir=" + temporary.resolve("profile"),
            page);
    builder.environment().put("TMPDIR", temporary.toString());
    return builder
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Ends the browser in good order, so that nothing is left that writes to the profile. */
  private static void end(Process chromium) throws InterruptedException {
    List<ProcessHandle> processes = chromium.descendants().toList();
    chromium.destroy();
    if (!chromium.waitFor(EventLog.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      chromium.destroyForcibly();
    }
    for (ProcessHandle process : processes) {
      process.destroyForcibly();
      process.onExit().orTimeout(EventLog.PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }
  }
}
