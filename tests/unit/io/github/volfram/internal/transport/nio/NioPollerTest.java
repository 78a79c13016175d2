package io.github.volfram.internal.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.internal.transport.Tokens;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NioPollerTest {

  private final List<Object> ready = new ArrayList<>();
  private NioPoller poller;
  private NioListener listener;

  @BeforeEach
  void open() throws IOException {
    poller = new NioPoller();
    listener =
        NioListener.bind(
            Tokens.of(0, 1), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5, false);
    poller.register(listener);
  }

  @AfterEach
  void close() {
    listener.close();
    poller.close();
  }

  private void select(long timeoutNanos) throws IOException {
    poller.select(timeoutNanos, (SelectionKey key) -> ready.add(key.attachment()));
  }

  @Test
  void aNewSelectorTakesOverTheChannels() throws IOException {
    poller.rebuild();
    InetSocketAddress address = (InetSocketAddress) listener.boundAddress();
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      assertTrue(socket.isConnected());
      select(-1);
    }

    assertEquals(List.of(listener), ready);
  }

  @Test
  void aChangeOfInterestAfterwardsReachesTheNewSelector() throws IOException {
    poller.rebuild();
    listener.pause(true);
    InetSocketAddress address = (InetSocketAddress) listener.boundAddress();
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      assertTrue(socket.isConnected());
      select(2_000_000);
      assertEquals(List.of(), ready);

      listener.pause(false);
      select(-1);
    }
    assertEquals(List.of(listener), ready);
  }

  @Test
  void aWakeupIsNotLostToARebuild() throws IOException {
    poller.wakeup();
    poller.rebuild();
    select(-1);

    assertEquals(List.of(), ready);
    long start = System.nanoTime();
    select(2_000_000);
    assertTrue(System.nanoTime() - start >= 2_000_000, "and it counts once");
  }

  @Test
  void manyReasonlessReturnsReplaceTheSelectorAndNothingElseChanges() throws IOException {
    Selector before = poller.selector();
    for (int i = 0; i < NioPoller.SUSPICIOUS_RETURNS; i++) {
      before.wakeup();
      select(10_000_000_000L);
    }
    assertTrue(poller.selector() != before, "replaced");
    assertTrue(!before.isOpen(), "and closed");

    InetSocketAddress address = (InetSocketAddress) listener.boundAddress();
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      assertTrue(socket.isConnected());
      select(-1);
    }
    assertEquals(List.of(listener), ready);
  }

  @Test
  void wakeupsNeverReplaceTheSelector() throws IOException {
    Selector before = poller.selector();
    for (int i = 0; i < 2 * NioPoller.SUSPICIOUS_RETURNS; i++) {
      poller.wakeup();
      select(-1);
    }
    assertTrue(poller.selector() == before);
  }
}
