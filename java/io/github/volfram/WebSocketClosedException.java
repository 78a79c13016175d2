package io.github.volfram;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The connection is closing or closed, so that a message cannot be sent or received. */
public final class WebSocketClosedException extends IOException {

  private static final long serialVersionUID = 1L;

  private final int code;
  private final String reason;

  /** Made by the library, where the connection may not have ended yet. */
  public WebSocketClosedException(String message) {
    this(message, 0, "", null);
  }

  /** Made by the library, with what {@link WebSocketListener#onClose} tells. */
  public WebSocketClosedException(
      String message, int code, String reason, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.reason = reason;
  }

  /**
   * The code that {@link WebSocketListener#onClose} tells, such as {@link
   * CloseCode#NORMAL_CLOSURE}; 0 where the connection had not ended yet.
   */
  public int code() {
    return code;
  }

  /** The reason that goes with the code; empty when there is none. */
  public String reason() {
    return reason;
  }
}
