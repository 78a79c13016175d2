package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.volfram.internal.transport.jna.NativePoller;
import io.github.volfram.internal.transport.jna.NativeSupport;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The choice of a poller, and that each echoes what it should. */
@Timeout(60)
class PollerTest {

  private static final int LARGE = 32 << 20;

  private static final WebSocketListener ECHO =
      new WebSocketListener() {
        @Override
        public void onBinary(WebSocket webSocket, ByteBuffer payload) {
          assertTrue(webSocket.offerBinary(payload));
        }
      };

  @Test
  void pollersParseWhatTheyPrint() {
    for (Poller poller : Poller.values()) {
      assertEquals(poller, Poller.parse(poller.toString()));
    }
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Poller.parse("select"));
    assertTrue(e.getMessage().contains("'select': expected auto, epoll, uring"), e.getMessage());
  }

  @ParameterizedTest
  @EnumSource(
      value = Poller.class,
      names = {"EPOLL", "URING"})
  void echoesMessagesOfEverySize(Poller poller) throws Exception {
    requireUsable(poller);
    EchoChecker checker = new EchoChecker();
    ServerOptions serverOptions =
        ServerOptions.builder().poller(poller).loops(2).maxMessageBytes(LARGE).build();
    ClientOptions clientOptions =
        ClientOptions.builder().poller(poller).maxMessageBytes(LARGE).build();
    try (WebSocketServer server = WebSocketServer.start(serverOptions, ECHO);
        WebSocketClient client = WebSocketClient.create(clientOptions)) {
      assertEquals(Backend.NATIVE, server.backend());
      assertEquals(poller, server.poller());
      URI uri = URI.create("ws://127.0.0.1:" + server.port());
      for (int connection = 0; connection < 3; connection++) {
        WebSocket ws = client.connect(uri, checker).get(10, TimeUnit.SECONDS);
        checker.check(ws, 0, 1, 125, 2040, 2090, 16_384, 20_500, 65_536, 16 << 20, 10);
      }
    }
  }

  @Test
  void aPollerThatIsNotThereIsRefusedWithItsCause() {
    NativeSupport support = NativeSupport.current();
    for (NativePoller each : NativePoller.values()) {
      String cause = support.unavailabilityCause(each);
      if (each != NativePoller.USUAL && !cause.isEmpty()) {
        ServerOptions options =
            ServerOptions.builder().poller(Poller.parse(each.toString())).build();
        BackendUnavailableException e =
            assertThrows(
                BackendUnavailableException.class, () -> WebSocketServer.start(options, ECHO));
        assertTrue(e.getMessage().startsWith("the option poller=" + each), e.getMessage());
        assertTrue(e.getMessage().endsWith(cause), e.getMessage());
      }
    }
  }

  @Test
  void thePropertyDecidesWhereTheOptionDoesNot() throws IOException {
    requireUsable(Poller.URING);
    System.setProperty("volfram.poller", "uring");
    try (WebSocketServer byProperty = WebSocketServer.start(ServerOptions.builder().build(), ECHO);
        WebSocketServer byOption =
            WebSocketServer.start(ServerOptions.builder().poller(Poller.EPOLL).build(), ECHO)) {
      assertEquals(Poller.URING, byProperty.poller());
      assertEquals(Poller.EPOLL, byOption.poller());
    } finally {
      System.clearProperty("volfram.poller");
    }
  }

  @Test
  void nioIsNotAskedForAPoller() throws IOException {
    ServerOptions options =
        ServerOptions.builder().backend(Backend.NIO).poller(Poller.KQUEUE).build();
    try (WebSocketServer server = WebSocketServer.start(options, ECHO)) {
      assertEquals(Backend.NIO, server.backend());
      assertEquals(Poller.AUTO, server.poller());
    }
  }

  private static void requireUsable(Poller poller) {
    String cause =
        NativeSupport.current()
            .unavailabilityCause(poller == Poller.URING ? NativePoller.URING : NativePoller.EPOLL);
    assumeTrue(cause.isEmpty(), cause);
  }
}
