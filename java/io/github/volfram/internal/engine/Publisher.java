package io.github.volfram.internal.engine;

import io.github.volfram.WebSocket;
import io.github.volfram.internal.frame.Opcode;
import io.github.volfram.internal.frame.Utf8;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Hands a message to all loops of a server, each of which gives it to its own connections. */
public final class Publisher {

  private final List<EventLoop> loops;
  private final long capBytes;

  Publisher(List<EventLoop> loops, long capBytes) {
    this.loops = loops;
    this.capBytes = capBytes;
  }

  /**
   * Publishes a text.
   *
   * @param topic whose subscribers get it, or null for all connections
   * @return whether every loop took it that has not failed
   */
  public boolean text(@Nullable String topic, Predicate<? super WebSocket> among, String text) {
    return text(topic, among, null, text);
  }

  boolean text(
      @Nullable String topic,
      Predicate<? super WebSocket> among,
      @Nullable Connection except,
      String text) {
    Utf8.encodedLength(text); // refuses what UTF-8 cannot express
    ByteBuffer utf8 = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    return publish(topic, among, except, Opcode.TEXT, utf8);
  }

  /** Publishes a binary message, from position to limit, as {@link #text} does a text. */
  public boolean binary(
      @Nullable String topic, Predicate<? super WebSocket> among, ByteBuffer payload) {
    return binary(topic, among, null, payload);
  }

  boolean binary(
      @Nullable String topic,
      Predicate<? super WebSocket> among,
      @Nullable Connection except,
      ByteBuffer payload) {
    ByteBuffer copy = ByteBuffer.allocate(payload.remaining());
    copy.put(0, payload, payload.position(), payload.remaining());
    return publish(topic, among, except, Opcode.BINARY, copy);
  }

  private boolean publish(
      @Nullable String topic,
      Predicate<? super WebSocket> among,
      @Nullable Connection except,
      int opcode,
      ByteBuffer payload) {
    SharedFrame plain = SharedFrame.of(0, opcode, payload);
    Publication publication = new Publication(topic, among, except, opcode, payload, plain);
    for (int i = 0; i < loops.size(); i++) {
      if (!loops.get(i).topics.reserve(plain.length(), capBytes)) {
        for (int taken = 0; taken < i; taken++) {
          loops.get(taken).topics.release(plain.length());
        }
        return false;
      }
    }
    boolean taken = false;
    for (EventLoop loop : loops) {
      taken |= loop.topics.accept(publication); // one that has ended has no connections
    }
    return taken;
  }
}
