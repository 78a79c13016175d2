package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** wss between our server, our client and the JDK's client. */
@Timeout(60)
class TlsTest {

  private static final char[] PASSWORD = "secret".toCharArray();

  @TempDir static Path directory;

  private static SSLContext server;
  private static SSLContext trusting;

  @BeforeAll
  static void makeCertificate() throws Exception {
    Path store = directory.resolve("server.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=volfram test",
                "-ext",
                "SAN=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(PASSWORD))
            .inheritIO()
            .start();
    assertEquals(0, keytool.waitFor());
    server = TlsKeys.fromPkcs12(store, PASSWORD);
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", keys.getCertificate("server"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    trusting = SSLContext.getInstance("TLS");
    trusting.init(null, trust.getTrustManagers(), null);
  }

  private static class Echo implements WebSocketListener {
    @Override
    public void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
      assertTrue(webSocket.offerTextUtf8(utf8));
    }

    @Override
    public void onBinary(WebSocket webSocket, ByteBuffer payload) {
      assertTrue(webSocket.offerBinary(payload));
    }
  }

  private static WebSocketServer start(Backend backend) throws IOException {
    return WebSocketServer.start(
        ServerOptions.builder().backend(backend).tls(server).maxMessageBytes(16 << 20).build(),
        new Echo());
  }

  private static ClientOptions.Builder options(Backend backend) {
    return ClientOptions.builder().backend(backend).sslContext(trusting).maxMessageBytes(16 << 20);
  }

  @ParameterizedTest
  @CsvSource({"NATIVE,TLSv1.3", "NATIVE,TLSv1.2", "NIO,TLSv1.3", "NIO,TLSv1.2"})
  void echoesMessagesOfEverySizeOverTls(Backend backend, String protocol) throws Exception {
    BlockingQueue<ByteBuffer> messages = new LinkedBlockingQueue<>();
    BlockingQueue<Integer> codes = new LinkedBlockingQueue<>();
    WebSocketListener recorder =
        new WebSocketListener() {
          @Override
          public void onBinary(WebSocket webSocket, ByteBuffer payload) {
            messages.add(ByteBuffer.allocate(payload.remaining()).put(payload).flip());
          }

          @Override
          public void onClose(WebSocket webSocket, int code, String reason, Throwable cause) {
            codes.add(code);
          }
        };
    try (WebSocketServer echo = start(backend);
        WebSocketClient client =
            WebSocketClient.create(
                options(backend)
                    .sslParameters(p -> p.setProtocols(new String[] {protocol}))
                    .build())) {
      WebSocket ws =
          client
              .connect(URI.create("wss://localhost:" + echo.port() + "/"), recorder)
              .get(20, TimeUnit.SECONDS);
      for (int size : new int[] {0, 1, 125, 126, 16383, 16384, 16385, 65536, 1_000_000, 8 << 20}) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        assertTrue(ws.offerBinary(ByteBuffer.wrap(bytes)));
        assertEquals(ByteBuffer.wrap(bytes), messages.poll(20, TimeUnit.SECONDS), "size " + size);
      }
      ws.close();
      assertEquals(1000, codes.poll(20, TimeUnit.SECONDS));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"NATIVE", "NIO"})
  void refusesACertificateThatIsNotTrustedOrNamesAnotherHost(Backend backend) throws Exception {
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
    BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    try (WebSocketServer echo = start(backend)) {
      java.net.http.WebSocket ws =
          HttpClient.newBuilder()
              .sslContext(trusting)
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
