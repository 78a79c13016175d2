package io.github.volfram;

import java.io.IOException;

/** A message was refused because the connection's outbound buffer is full. */
public final class OutboundFullException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Made by the library. */
  public OutboundFullException(String message) {
    super(message);
  }
}
