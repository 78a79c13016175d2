package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.testing.AcceptKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What the JDK's builder has built and what this library's has behave in the same way. */
@Timeout(120)
@ParameterizedClass
@ValueSource(strings = {"JDK", "NATIVE", "NIO"})
final class JdkWebSocketTest extends JdkBuilderFixture {

  JdkWebSocketTest(String maker) {
    super(maker);
  }

  @Test
  void theListenerIsInvokedAsOftenAsItHasRequested() throws Exception {
    Client client = new Client(0);
    WebSocket webSocket = connect(client);
    io.github.volfram.WebSocket peer = accepted();
    for (int i = 0; i < 4; i++) {
      assertTrue(peer.offerText("message " + i));
    }
    peer.close(4000, "done");
    webSocket.request(2);
    assertEquals("text message 0", client.next());
    assertEquals("text message 1", client.next());
    get(webSocket.sendText("a round", true));
    assertEquals("text a round", heard());
    assertNull(client.events.poll(), "nothing more was requested");
    webSocket.request(1);
    assertEquals("text message 2", client.next());
    assertFalse(webSocket.isInputClosed());
    webSocket.request(2);
    assertEquals("text message 3", client.next());
    assertEquals("close 4000 done", client.next());
    assertTrue(webSocket.isInputClosed());
  }

  @Test
  void byDefaultEverythingIsRequested() throws Exception {
    BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    WebSocket.Listener listener =
        new WebSocket.Listener() {
          @Override
          public @Nullable CompletionStage<?> onText(
              WebSocket webSocket, CharSequence data, boolean last) {
            texts.add(data.toString());
            return WebSocket.Listener.super.onText(webSocket, data, last);
          }
        };
    get(builder().buildAsync(uri(server()), listener));
    io.github.volfram.WebSocket peer = accepted();
    for (int i = 0; i < 3; i++) {
      assertTrue(peer.offerPing(bytes("ignored")));
      assertTrue(peer.offerBinary(bytes("ignored")));
      assertTrue(peer.offerText("text " + i));
    }
    for (int i = 0; i < 3; i++) {
      assertEquals("text " + i, texts.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }
  }

  @Test
  void partsMakeOneMessage() throws Exception {
    WebSocket webSocket = connect(new Client(1));
    assertSame(webSocket, get(webSocket.sendText("Grö", false)));
    get(webSocket.sendPing(bytes("between")));
    get(webSocket.sendText("ße ", false));
    get(webSocket.sendText("𝄞", true));
    assertEquals("ping between", heard());
    assertEquals("text Größe 𝄞", heard());
    ByteBuffer part = bytes("_ab_").position(1).limit(3);
    assertSame(webSocket, get(webSocket.sendBinary(part, false)));
    assertEquals(3, part.position());
    get(webSocket.sendBinary(bytes(""), false));
    get(webSocket.sendBinary(bytes("cd"), true));
    assertEquals("binary abcd", heard());
    get(webSocket.sendText("", true));
    assertEquals("text ", heard());
  }

  @Test
  void longMessagesArriveInParts() throws Exception {
    Client client = new Client(Long.MAX_VALUE);
    connect(client);
    String text = "aé€𝄞".repeat(100_000);
    assertTrue(accepted().offerText(text));
    assertEquals(text, whole(client, "text "));
  }

  /** The next message; its parts are joined, and none of them ends within a character. */
  private static String whole(Client client, String kind) throws InterruptedException {
    StringBuilder whole = new StringBuilder();
    while (true) {
      String part = (String) client.next();
      assertTrue(part.startsWith(kind), part);
      boolean last = !part.endsWith("…");
      whole.append(part, kind.length(), last ? part.length() : part.length() - 1);
      if (last) {
        return whole.toString();
      }
    }
  }

  @Test
  void longMessagesAreSent() throws Exception {
    Client client = new Client(Long.MAX_VALUE);
    WebSocket webSocket =
        get(
            builder()
                .buildAsync(
                    uri(server(request -> UpgradeResponse.accept(new BackendFixture.Echo()))),
                    client));
    String text = "aé€𝄞".repeat(50_000);
    get(webSocket.sendText(text, true));
    assertEquals(text, whole(client, "text "));
    get(webSocket.sendBinary(bytes(text), true));
    StringBuilder length = new StringBuilder(whole(client, "binary "));
    assertTrue(length.length() >= text.length(), "parts may split characters");
  }

  @Test
  void pingsAndPongsGoBothWays() throws Exception {
    Client client = new Client(Long.MAX_VALUE);
    WebSocket webSocket = connect(client);
    get(webSocket.sendPing(bytes("one")));
    assertEquals("ping one", heard());
    assertEquals("pong one", client.next());
    assertTrue(accepted().offerPing(bytes("two")));
    assertEquals("ping two", client.next());
    assertEquals("pong two", heard());
    get(webSocket.sendPong(bytes("three")));
    assertEquals("pong three", heard());
  }

  @Test
  void closingIsAnsweredAndEndsBothDirections() throws Exception {
    Client client = new Client(Long.MAX_VALUE);
    WebSocket webSocket = connect(client);
    assertFalse(webSocket.isOutputClosed());
    assertFalse(webSocket.isInputClosed());
    assertSame(webSocket, get(webSocket.sendClose(3001, "enough")));
    assertTrue(webSocket.isOutputClosed());
    assertEquals("close 3001 enough", heard());
    assertTrue(((String) client.next()).startsWith("close 3001"));
    assertTrue(webSocket.isInputClosed());
    assertInstanceOf(IOException.class, failure(webSocket.sendText("too late", true)));
    assertInstanceOf(IOException.class, failure(webSocket.sendPing(bytes(""))));
  }

  @Test
  void codesThatOnlyTheJdksClientsSendArrive() throws Exception {
    WebSocket webSocket = connect(new Client(1));
    get(webSocket.sendClose(1001, ""));
    assertEquals("close 1001 ", heard());
  }

  @Test
  void abortingIsIdempotentAndTellsTheListenerNothing() throws Exception {
    Client client = new Client(Long.MAX_VALUE);
    WebSocket webSocket = connect(client);
    webSocket.abort();
    webSocket.abort();
    assertTrue(webSocket.isInputClosed());
    assertTrue(webSocket.isOutputClosed());
    assertEquals("close 1006 ", heard());
    assertInstanceOf(IOException.class, failure(webSocket.sendText("too late", true)));
    assertNull(client.events.poll());
  }

  @Test
  void aBrokenConnectionIsAnError() throws Exception {
    Client client = new Client(Long.MAX_VALUE);
    WebSocket webSocket = connect(client);
    accepted().abort();
    assertInstanceOf(IOException.class, client.next());
    BackendFixture.until("the input is closed", webSocket::isInputClosed);
    BackendFixture.until("the output is closed", webSocket::isOutputClosed);
  }

  @Test
  void theEndOfTheStreamIsACloseWith1006() throws Exception {
    ScriptedProxy leaving =
        new ScriptedProxy(
            (head, socket) ->
                socket
                    .getOutputStream()
                    .write(
                        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                + "Connection: Upgrade\r\nSec-WebSocket-Accept: "
                                + AcceptKey.ofHead(head)
                                + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII)));
    open.add(leaving);
    Client client = new Client(1);
    get(builder().buildAsync(URI.create("ws://127.0.0.1:" + leaving.port() + "/"), client));
    assertEquals("close 1006 ", client.next());
  }

  @Test
  void halfACharacterIsNotSent() throws Exception {
    WebSocket webSocket = connect(new Client(1));
    assertInstanceOf(IOException.class, failure(webSocket.sendText("\ud834", true)));
  }

  @Test
  void aListenerThatThrowsHearsOfIt() throws Exception {
    IllegalStateException bug = new IllegalStateException("a bug");
    Client client =
        new Client(Long.MAX_VALUE) {
          @Override
          public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            throw bug;
          }
        };
    WebSocket webSocket = connect(client);
    assertTrue(accepted().offerText("Hello"));
    assertSame(bug, client.next());
    BackendFixture.until("the output is closed", webSocket::isOutputClosed);
  }

  @Test
  void aListenerMayWaitForWhatItSends() throws Exception {
    Client client =
        new Client(Long.MAX_VALUE) {
          @Override
          public @Nullable CompletionStage<?> onText(
              WebSocket from, CharSequence data, boolean last) {
            from.sendText(data + " echoed", true).join();
            return super.onText(from, data, last);
          }
        };
    connect(client);
    assertTrue(accepted().offerText("Hello"));
    assertEquals("text Hello echoed", heard());
    assertEquals("text Hello", client.next());
  }
}
