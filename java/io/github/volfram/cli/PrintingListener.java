package io.github.volfram.cli;

import io.github.volfram.CloseCode;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Prints each message and keeps how the connection ended. */
final class PrintingListener implements WebSocketListener {

  /** How a connection ended; the arguments of {@link WebSocketListener#onClose}. */
  record End(int code, String reason, @Nullable Throwable cause) {

    /** Whether both sides were done, as far as the code tells. */
    boolean isClean() {
      return cause == null
          && (code == CloseCode.NORMAL_CLOSURE
              || code == CloseCode.GOING_AWAY
              || code == CloseCode.NO_STATUS_RECEIVED);
    }

    String describe() {
      String line = "closed: " + code;
      if (!reason.isEmpty()) {
        line += " " + reason;
      }
      return Printable.line(cause == null ? line : line + " (" + Failures.describe(cause) + ")");
    }
  }

  private final PrintStream out;
  private final CompletableFuture<End> end = new CompletableFuture<>();

  PrintingListener(PrintStream out) {
    this.out = out;
  }

  CompletableFuture<End> end() {
    return end;
  }

  @Override
  public void onText(WebSocket webSocket, String text) {
    out.println(Printable.text(text));
  }

  @Override
  public void onBinary(WebSocket webSocket, ByteBuffer payload) {
    out.println(Printable.binary(payload));
  }

  @Override
  public void onClose(WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
    end.complete(new End(code, reason, cause));
  }
}
