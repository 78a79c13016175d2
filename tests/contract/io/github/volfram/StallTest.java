package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of callbacks that block an event loop, on both backends. */
@Timeout(120)
final class StallTest extends BackendFixture {

  private static final Logger LOGGER = Logger.getLogger("io.github.volfram");

  private final BlockingQueue<LogRecord> told = new LinkedBlockingQueue<>();

  StallTest(Backend backend) {
    super(backend);
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            // On a busy machine other places may take as long as well.
            String message = String.valueOf(record.getMessage());
            if (message.contains("has been blocked for") && message.contains("StallTest")) {
              told.add(record);
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    LOGGER.addHandler(handler);
    open.add(() -> LOGGER.removeHandler(handler));
  }

  private static final class Blocking implements WebSocketListener {
    final CountDownLatch go = new CountDownLatch(1);

    @Override
    public void onText(WebSocket webSocket, String text) {
      if (text.equals("block")) {
        block();
      }
      webSocket.offerText(text);
    }

    private void block() {
      try {
        assertTrue(go.await(60, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void aCallbackThatBlocksItsLoopIsNamedOnce_R14() throws Exception {
    Blocking blocking = new Blocking();
    AtomicInteger loops = new AtomicInteger();
    String name = "stalling-" + backend + "-";
    WebSocketServer server =
        server(
            options()
                .loops(2)
                .threadFactory(task -> new Thread(task, name + loops.incrementAndGet()))
                .stallThreshold(Duration.ofMillis(40))
                .build(),
            blocking);
    BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    WebSocketListener hearing =
        new WebSocketListener() {
          @Override
          public void onText(WebSocket webSocket, String text) {
            answers.add(text);
          }
        };
    WebSocketClient client = client();
    WebSocket webSocket = connect(client, server, hearing);
    WebSocket other = connect(client, server, hearing);
    webSocket.offerText("block");
    LogRecord record = Objects.requireNonNull(told.poll(60, TimeUnit.SECONDS));
    assertEquals(Level.WARNING, record.getLevel());
    String text = record.getMessage();
    assertTrue(text.startsWith("the event loop " + name), text);
    assertTrue(text.contains("StallTest$Blocking.onText(StallTest.java:"), text);
    List<StackTraceElement> stack = Arrays.asList(record.getThrown().getStackTrace());
    assertTrue(stack.stream().anyMatch(frame -> frame.getMethodName().equals("block")));

    // The other loop goes on, and neither it nor one that waits is named.
    other.offerText("other");
    assertEquals("other", answers.poll(60, TimeUnit.SECONDS));
    blocking.go.countDown();
    assertEquals("block", answers.poll(60, TimeUnit.SECONDS));
    assertEquals(0, told.size());
  }

  @Test
  void thresholdsAreCheckedAndZeroIsNone() {
    assertEquals(Duration.ofSeconds(1), options().build().stallThreshold());
    assertEquals(Duration.ZERO, options().stallThreshold(Duration.ZERO).build().stallThreshold());
    for (Duration wrong : new Duration[] {Duration.ofNanos(999_999), Duration.ofMillis(-1)}) {
      assertThrows(IllegalArgumentException.class, () -> options().stallThreshold(wrong));
    }
  }

  @Test
  void aMessageCarriesTheTimeOfItsArrival() throws Exception {
    CompletableFuture<long[]> times = new CompletableFuture<>();
    WebSocketServer server =
        server(
            options().build(),
            new WebSocketListener() {
              private long first;

              @Override
              public void onText(WebSocket webSocket, String text) {
                long arrived = webSocket.receivedNanos();
                if (text.equals("1")) {
                  first = arrived;
                  webSocket.offerText("next");
                } else {
                  times.complete(new long[] {first, arrived, System.nanoTime()});
                }
              }
            });
    long before = System.nanoTime();
    WebSocket webSocket =
        connect(
            client(),
            server,
            new WebSocketListener() {
              @Override
              public void onText(WebSocket answered, String text) {
                answered.offerText("2");
              }
            });
    webSocket.offerText("1");
    long[] got = times.get(60, TimeUnit.SECONDS);
    assertTrue(got[0] - before > 0, "after the message was sent");
    assertTrue(got[1] - got[0] > 0, "the next one later");
    assertFalse(got[2] - got[1] < 0, "not after the callback");
  }
}
