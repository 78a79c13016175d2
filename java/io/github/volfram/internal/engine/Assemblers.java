package io.github.volfram.internal.engine;

import io.github.volfram.internal.frame.MessageAssembler;
import io.github.volfram.internal.frame.PayloadPool;
import io.github.volfram.internal.transport.Masker;
import java.util.ArrayDeque;

/**
 * The assemblers of a loop that no connection needs now: between two messages one has nothing to
 * remember, and serves whichever connection receives next. Owned by the loop's thread.
 */
final class Assemblers {

  private static final int MAX_SPARE = 64;

  private final Masker masker;
  private final PayloadPool pool;
  private final ArrayDeque<MessageAssembler> spare = new ArrayDeque<>();

  Assemblers(Masker masker, PayloadPool pool) {
    this.masker = masker;
    this.pool = pool;
  }

  /** An assembler without extensions, which has received nothing of a message yet. */
  MessageAssembler take(ConnectionSettings settings, boolean wholeMessages) {
    MessageAssembler next = spare.pollLast();
    return next != null && next.serves(settings.role, settings.limits, wholeMessages)
        ? next
        : new MessageAssembler(settings.role, settings.limits, masker, pool, wholeMessages);
  }

  /** Takes one back that is {@linkplain MessageAssembler#isBetweenMessages between messages}. */
  void giveBack(MessageAssembler assembler) {
    if (spare.size() < MAX_SPARE) {
      spare.addLast(assembler);
    }
  }
}
