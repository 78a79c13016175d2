package io.github.volfram.internal.engine;

import io.github.volfram.WebSocket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what was received for one connection and waits for the application on a thread of its own:
 * above the bound the connection is not read, and at half of it it is read again. {@link #added} is
 * called by the loop's thread, {@link #removed} by any.
 */
final class Inbound {

  /** What a waiting event weighs apart from its payload, so that empty ones are bounded too. */
  private static final int EVENT_BYTES = 64;

  private final WebSocket webSocket;
  private final long maxBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicBoolean holding = new AtomicBoolean();

  Inbound(WebSocket webSocket, int maxBytes) {
    this.webSocket = webSocket;
    this.maxBytes = maxBytes;
  }

  /** An event with such a payload waits from now on. */
  void added(int payloadBytes) {
    if (bytes.addAndGet(EVENT_BYTES + (long) payloadBytes) < maxBytes || holding.get()) {
      return;
    }
    holdBack(true);
    holding.set(true);
    release(bytes.get()); // all may have been removed before that
  }

  /** An event with such a payload waits no more. */
  void removed(int payloadBytes) {
    release(bytes.addAndGet(-EVENT_BYTES - (long) payloadBytes));
  }

  private void release(long left) {
    if (left <= maxBytes / 2 && holding.compareAndSet(true, false)) {
      holdBack(false);
    }
  }

  private void holdBack(boolean on) {
    if (webSocket instanceof Connection connection) {
      connection.holdBack(on);
    } else if (on) { // a test's double
      webSocket.pauseReading();
    } else {
      webSocket.resumeReading();
    }
  }
}
