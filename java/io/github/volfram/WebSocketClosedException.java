package io.github.volfram;

import java.io.IOException;

/** A message could not be sent because the connection was closing or closed. */
public final class WebSocketClosedException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Made by the library. */
  public WebSocketClosedException(String message) {
    super(message);
  }
}
