package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.interop.EchoListener;
import io.github.volfram.interop.Peers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** wss between our server, our client and the JDK's client. */
@Timeout(60)
class TlsTest {

  @TempDir static Path directory;

  private static TlsContexts contexts;

  @BeforeAll
  static void makeCertificate() throws Exception {
    contexts = TlsContexts.create(directory);
  }

  private static WebSocketServer start(Backend backend) throws IOException {
    return WebSocketServer.start(
        ServerOptions.builder()
            .backend(backend)
            .tls(contexts.server())
            .maxMessageBytes(16 << 20)
            .build(),
        new EchoListener());
  }

  private static ClientOptions.Builder options(Backend backend) {
    return ClientOptions.builder()
        .backend(backend)
        .sslContext(contexts.client())
        .maxMessageBytes(16 << 20);
  }

  @ParameterizedTest
  @CsvSource({"NATIVE,TLSv1.3", "NATIVE,TLSv1.2", "NIO,TLSv1.3", "NIO,TLSv1.2"})
  void echoesMessagesOfEverySizeOverTls(Backend backend, String protocol) throws Exception {
    Peers.require(backend);
    EchoChecker checker = new EchoChecker();
    try (WebSocketServer echo = start(backend);
        WebSocketClient client =
            WebSocketClient.create(
                options(backend)
                    .sslParameters(p -> p.setProtocols(new String[] {protocol}))
                    .build())) {
      WebSocket ws =
          client
              .connect(URI.create("wss://localhost:" + echo.port() + "/"), checker)
              .get(20, TimeUnit.SECONDS);
      checker.check(ws, 0, 1, 125, 126, 16383, 16384, 16385, 65536, 1_000_000, 8 << 20);
      ws.close();
      checker.awaitClosed();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"NATIVE", "NIO"})
  void refusesACertificateThatIsNotTrustedOrNamesAnotherHost(Backend backend) throws Exception {
    Peers.require(backend);
    try (WebSocketServer echo = start(backend);
        WebSocketClient trustsNobody =
            WebSocketClient.create(ClientOptions.builder().backend(backend).build());
        WebSocketClient trustsServer = WebSocketClient.create(options(backend).build());
        WebSocketClient anyName =
            WebSocketClient.create(options(backend).verifyHostname(false).build())) {
      String byAddress = "wss://127.0.0.1:" + echo.port() + "/";
      for (WebSocketClient client : new WebSocketClient[] {trustsNobody, trustsServer}) {
        ExecutionException failure =
            assertThrows(
                ExecutionException.class,
                () ->
                    client
                        .connect(URI.create(byAddress), new WebSocketListener() {})
                        .get(20, TimeUnit.SECONDS));
        assertInstanceOf(IOException.class, failure.getCause());
        assertTrue(failure.getMessage().contains("TLS failed"), failure.getMessage());
      }
      WebSocket open =
          anyName
              .connect(URI.create(byAddress), new WebSocketListener() {})
              .get(20, TimeUnit.SECONDS);
      assertTrue(open.isOpen());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"NATIVE", "NIO"})
  void theClientOfTheJdkSpeaksWithOurServer(Backend backend) throws Exception {
    Peers.require(backend);
    BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    try (WebSocketServer echo = start(backend)) {
      java.net.http.WebSocket ws =
          HttpClient.newBuilder()
              .sslContext(contexts.client())
              .connectTimeout(Duration.ofSeconds(20))
              .build()
              .newWebSocketBuilder()
              .buildAsync(
                  URI.create("wss://localhost:" + echo.port() + "/"),
                  new java.net.http.WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(
                        java.net.http.WebSocket webSocket, CharSequence data, boolean last) {
                      texts.add(data.toString());
                      webSocket.request(1);
                      return null;
                    }
                  })
              .get(20, TimeUnit.SECONDS);
      ws.sendText("grüße", true).get(20, TimeUnit.SECONDS);
      assertEquals("grüße", texts.poll(20, TimeUnit.SECONDS));
      ws.sendClose(1000, "").get(20, TimeUnit.SECONDS);
    }
  }
}
