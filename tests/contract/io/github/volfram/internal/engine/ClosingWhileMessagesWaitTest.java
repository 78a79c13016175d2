package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.WebSocketClosedException;
import io.github.volfram.internal.frame.CloseFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Closing in good order while published messages wait for a peer that does not read. */
final class ClosingWhileMessagesWaitTest extends EngineFixture {

  private final List<String> expected = new ArrayList<>();
  private final List<Throwable> told = new ArrayList<>();
  private RawPeer peer;
  private Connection connection;

  /** A subscriber that has not read, which has been told to close. */
  private void closeSubscriber() throws IOException {
    peer = peer();
    connection = (Connection) last();
    connection.subscribe("a");
    peer.socket.holdsAtMost(100);
    for (int i = 0; i < 50; i++) {
      String text = "message " + i + " ".repeat(10_000);
      acceptor.publisher().text("a", any -> true, text);
      expected.add("text " + Events.show(text.getBytes()));
      settle();
    }
    long onTheWay = connection.wireBytes();
    connection.close(CloseFrame.encode(4000, ""), told::add);
    expected.add("close 4000");
    settle();
    assertEquals(onTheWay, connection.wireBytes(), "what was copied");
    assertFalse(connection.offerText("no"));
    assertEquals(List.of(), told);
  }

  private void assertAllIsRead() throws IOException {
    peer.socket.holdsAtMost(1 << 20);
    settle();
    assertEquals(expected, peer.read());
    assertEquals(1, told.size());
    assertNull(told.get(0));
  }

  @Test
  void nothingIsCopiedAndTheCloseFrameComesLast() throws IOException {
    closeSubscriber();
    assertAllIsRead();
    peer.write(RawPeer.close(4001));
    settle();
    peer.socket.close();
    settle();
    assertEquals("closed 4001", events.log.get(events.log.size() - 1));
    assertNothingLeft();
  }

  @Test
  void aPingThatCameBeforeIsStillAnswered_5_5_2() throws IOException {
    peer = peer();
    connection = (Connection) last();
    connection.subscribe("a");
    peer.socket.holdsAtMost(100);
    for (int i = 0; i < 3; i++) {
      acceptor.publisher().text("a", any -> true, i + " ".repeat(10_000));
      settle();
    }
    peer.write(RawPeer.ping("p"));
    settle();
    connection.close();
    settle();
    peer.socket.holdsAtMost(1 << 20);
    settle();
    List<String> read = peer.read();
    assertEquals(5, read.size(), read.toString());
    assertTrue(read.contains("pong p"), read.toString());
    assertEquals("close 1000", read.get(4));
  }

  @Test
  void aPeerThatClosesMeanwhileGetsAllOfIt() throws IOException {
    getsAllOfItAfter(RawPeer.close(4001), "closed 4001");
  }

  @Test
  void aPeerThatFailsMeanwhileGetsAllOfIt() throws IOException {
    getsAllOfItAfter(RawPeer.frame(0x83, new byte[0]), "closed 1002");
  }

  private void getsAllOfItAfter(byte[] frame, String closed) throws IOException {
    closeSubscriber();
    peer.write(frame);
    settle();
    expected.add("end");
    assertAllIsRead();
    peer.socket.close();
    settle();
    assertEquals(closed, events.log.get(events.log.size() - 1));
    assertNothingLeft();
  }

  @Test
  void aPeerThatReadsNothingInTimeIsDroppedAndTheSendToldAsFailed() throws IOException {
    closeSubscriber();
    advanceSlowly(5 * SECOND + TICK);
    assertEquals("closed 1006", events.log.get(events.log.size() - 1));
    assertEquals(1, told.size());
    assertInstanceOf(WebSocketClosedException.class, told.get(0));
    assertNothingLeft();
  }

  @Test
  void whatWaitsBehindAnOpenMessageInPartsIsNotSent_5_4() throws IOException {
    peer = peer();
    connection = (Connection) last();
    connection.offerTextPart(ByteBuffer.wrap(new byte[] {'a'}), false);
    connection.sendText("behind it", told::add);
    connection.close();
    settle();
    assertEquals(List.of("frame 0x1", "close 1000"), peer.read());
    peer.write(RawPeer.close(1000));
    settle();
    peer.socket.close();
    settle();
    assertInstanceOf(WebSocketClosedException.class, told.get(0));
    assertNothingLeft();
  }
}
