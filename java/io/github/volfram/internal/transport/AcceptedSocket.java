package io.github.volfram.internal.transport;

/**
 * A connection that was accepted and that no loop has adopted yet. May be handed between threads.
 */
public interface AcceptedSocket {

  /** Closes it instead of adopting it. Idempotent; without effect after it was adopted. */
  void discard();
}
