package io.github.volfram.cli;

import io.github.volfram.CloseCode;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Prints each message and tells how the connection ended. */
class PrintingListener implements WebSocketListener {

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
  private final Consumer<End> onEnd;

  PrintingListener(PrintStream out, Consumer<End> onEnd) {
    this.out = out;
    this.onEnd = onEnd;
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
    onEnd.accept(new End(code, reason, cause));
  }
}
