package io.github.volfram.internal.engine;

import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Gives each connection of a listener a {@link Mailbox} of its own. Called by loops' threads. */
public final class Mailboxes implements WebSocketListener {

  private final int maxQueuedBytes;
  private final Consumer<Mailbox> opened;
  private final Map<WebSocket, Mailbox> mailboxes = new ConcurrentHashMap<>();

  /**
   * Makes one.
   *
   * @param opened is told of each connection by the loop's thread, and starts another
   */
  public Mailboxes(int maxQueuedBytes, Consumer<Mailbox> opened) {
    this.maxQueuedBytes = maxQueuedBytes;
    this.opened = opened;
  }

  @Override
  public void onOpen(WebSocket webSocket) {
    Mailbox mailbox = new Mailbox(maxQueuedBytes);
    mailboxes.put(webSocket, mailbox);
    mailbox.onOpen(webSocket);
    opened.accept(mailbox);
  }

  @Override
  public void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
    Mailbox mailbox = mailboxes.get(webSocket);
    if (mailbox != null) {
      mailbox.onTextUtf8(webSocket, utf8);
    }
  }

  @Override
  public void onBinary(WebSocket webSocket, ByteBuffer payload) {
    Mailbox mailbox = mailboxes.get(webSocket);
    if (mailbox != null) {
      mailbox.onBinary(webSocket, payload);
    }
  }

  @Override
  public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
    Mailbox mailbox = mailboxes.remove(webSocket);
    if (mailbox != null) {
      mailbox.onClose(webSocket, code, reason, cause);
    }
  }
}
