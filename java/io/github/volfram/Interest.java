package io.github.volfram;

import java.nio.channels.SelectionKey;

/** What a non-blocking channel has to become before a call is worth repeating. */
public enum Interest {
  /** Wait until the channel can be read. */
  READ(SelectionKey.OP_READ),
  /** Wait until the channel can be written. */
  WRITE(SelectionKey.OP_WRITE);

  private final int selectionOps;

  Interest(int selectionOps) {
    this.selectionOps = selectionOps;
  }

  /** The same for {@link SelectionKey#interestOps(int)}. */
  public int selectionOps() {
    return selectionOps;
  }
}
