package io.github.volfram;

import org.jspecify.annotations.Nullable;

/** Is told once how a send ended. */
@FunctionalInterface
public interface SendCallback {

  /**
   * Called once by the connection's event loop: when the kernel has taken the last byte of the
   * message, or when the message could not be sent. Must not block.
   *
   * @param failure null for success; an {@link OutboundFullException} or a {@link
   *     WebSocketClosedException} otherwise
   */
  void onComplete(@Nullable Throwable failure);
}
