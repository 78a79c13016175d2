package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.WebSocketClosedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sends that come to nothing: their callers are told so, and no other connection suffers. */
final class BrokenSendsTest extends EngineFixture {

  /** A key whose hash cannot be computed, as one that was changed concurrently. */
  private static final class BadKey {
    final RuntimeException thrown = new IllegalStateException("a key of the application's");

    @Override
    public int hashCode() {
      throw thrown;
    }

    @Override
    public boolean equals(Object other) {
      return other == this;
    }
  }

  @Test
  void whatTheKernelRefusesIsNotToldAsSent() throws IOException {
    RawPeer peer = peer();
    List<Throwable> told = new ArrayList<>();
    events.onMessage =
        (webSocket, payload) -> {
          peer.socket.reset();
          webSocket.sendText("into the void", told::add);
        };
    peer.write(RawPeer.text("go"));
    settle();
    assertEquals(List.of("open", "text go", "closed 1006"), events());
    assertEquals(1, told.size());
    assertInstanceOf(WebSocketClosedException.class, told.get(0));
    assertNothingLeft();
  }

  @Test
  void aBacklogThatTheKernelRefusesIsNotToldAsSent() throws IOException {
    RawPeer peer = peer();
    peer.socket.holdsAtMost(100);
    List<Throwable> told = new ArrayList<>();
    last().sendBinary(ByteBuffer.allocate(1000), told::add);
    settle();
    assertEquals(List.of(), told);
    peer.socket.reset();
    settle();
    assertEquals(1, told.size());
    assertInstanceOf(WebSocketClosedException.class, told.get(0));
    assertNothingLeft();
  }

  @Test
  void whatFailsOnTheLoopEndsItsConnectionAndNoOther() throws Exception {
    RawPeer peer = peer();
    RawPeer other = peer();
    BadKey key = new BadKey();
    Connection connection = (Connection) events.opened.get(0);
    peer.socket.holdsAtMost(10);
    assertTrue(connection.offerBinary(ByteBuffer.allocate(100)));
    settle();
    Thread sender = new Thread(() -> connection.offerLatestText(key, "latest"));
    sender.start();
    sender.join();
    events();
    settle();
    assertEquals(List.of("closed 1006"), events());
    assertSame(key.thrown, events.cause);
    assertTrue(events.opened.get(1).offerText("still here"));
    settle();
    assertEquals(List.of("text still here"), other.read());
    other.socket.close();
    assertNothingLeft();
  }
}
