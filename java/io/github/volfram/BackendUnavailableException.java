package io.github.volfram;

import org.jspecify.annotations.Nullable;

/**
 * {@link Backend#NATIVE} or a {@link Poller} was asked for and cannot be used here; the message
 * says why.
 */
public final class BackendUnavailableException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /** Made by the library. */
  public BackendUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
