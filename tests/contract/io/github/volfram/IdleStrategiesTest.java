package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Loops that wait in each of the ways there are, on both backends. */
@Timeout(120)
final class IdleStrategiesTest extends BackendFixture {

  IdleStrategiesTest(Backend backend) {
    super(backend);
  }

  private WebSocketClient waiting(IdleStrategy idle) {
    return client(ClientOptions.builder().backend(backend).idle(idle).build());
  }

  @ParameterizedTest
  @EnumSource(IdleStrategy.class)
  void messagesOfAnotherThreadGoRoundOneByOne(IdleStrategy idle) throws Exception {
    WebSocketServer server = server(options().idle(idle).build(), new Echo());
    BlockingQueue<String> echoed = new LinkedBlockingQueue<>();
    WebSocketListener listener =
        new WebSocketListener() {
          @Override
          public void onText(WebSocket webSocket, String text) {
            echoed.add(text);
          }
        };
    WebSocket webSocket = connect(waiting(idle), server, listener);
    for (int i = 0; i < 300; i++) {
      assertTrue(webSocket.offerText("message " + i));
      assertEquals("message " + i, echoed.poll(30, TimeUnit.SECONDS));
    }
    server.close();
    assertThreadsEnded();
  }

  @ParameterizedTest
  @EnumSource(IdleStrategy.class)
  void deadlinesAreKept(IdleStrategy idle) throws Exception {
    WebSocketServer server =
        server(options().idle(idle).handshakeTimeout(Duration.ofMillis(20)).build(), new Echo());
    try (Socket silent = new Socket("127.0.0.1", server.port())) {
      silent.setSoTimeout(30_000);
      byte[] refusal = silent.getInputStream().readAllBytes();
      assertEquals("HTTP/1.1 408", new String(refusal, 0, 12, StandardCharsets.US_ASCII));
    }
  }
}
