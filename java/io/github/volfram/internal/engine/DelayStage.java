package io.github.volfram.internal.engine;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A connection that is to be made after a while: has a deadline and no socket. */
final class DelayStage extends Stage {

  private final Runnable task;
  private final Runnable givenUp;
  private boolean due;

  private DelayStage(Connection connection, Runnable task, Runnable givenUp) {
    super(connection);
    this.task = task;
    this.givenUp = givenUp;
  }

  /**
   * Runs a task after a while, or the other when the wait ends before. The loop's thread.
   *
   * @return what is dropped to end the wait
   */
  static Connection begin(
      EventLoop loop, ConnectionSettings settings, long nanos, Runnable task, Runnable givenUp) {
    Connection waiting = new Connection(loop, settings, ConnectionState.CONNECTING);
    waiting.enter(new DelayStage(waiting, task, givenUp));
    loop.register(waiting);
    loop.expire(waiting, loop.now() + nanos);
    if (loop.tasks().isStopping()) { // nobody would notice that it is due
      waiting.drop();
    }
    return waiting;
  }

  @Override
  void expired(long now) {
    due = true;
    connection.drop();
    task.run();
  }

  @Override
  boolean counts() {
    return false; // there is none yet
  }

  @Override
  void abandoned(@Nullable Throwable cause) {
    if (!due) {
      givenUp.run();
    }
  }

  @Override
  void received(ByteBuffer buffer, int index, int length) {
    throw new IllegalStateException("received without a socket");
  }

  @Override
  void endOfStream(int errno) {
    throw new IllegalStateException("ended without a socket");
  }
}
