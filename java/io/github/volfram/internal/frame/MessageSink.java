package io.github.volfram.internal.frame;

import java.nio.ByteBuffer;

/**
 * Receives what a {@link MessageAssembler} made of the bytes. Called by the thread that receives.
 * Each method returns whether to go on with the bytes that follow.
 *
 * <p>A buffer is valid, and its bytes from {@code index} the sink's to change, until the method
 * returns; its position and limit mean nothing and stay as they are. A region that was inflated, or
 * copied because it came in parts, has {@link MessageAssembler#HEADROOM_BYTES} of free room before
 * it; one that was not has the room that its input had, at least the frame's own header.
 */
public interface MessageSink {

  /**
   * A message, or a chunk of one.
   *
   * @param opcode {@link Opcode#TEXT} or {@link Opcode#BINARY}, the same for every chunk of a
   *     message
   * @param length 0 or more bytes
   * @param last whether this ends the message; always so where whole messages are asked for
   */
  boolean message(int opcode, ByteBuffer buffer, int index, int length, boolean last);

  /** A ping; RFC 6455 §5.5.2 asks for a pong with the same 0 to 125 bytes. */
  boolean ping(ByteBuffer buffer, int index, int length);

  /** A pong, asked for or not (§5.5.3), of 0 to 125 bytes. */
  boolean pong(ByteBuffer buffer, int index, int length);

  /**
   * A close frame, after which nothing more is delivered.
   *
   * @param code the peer's code, or 1005 where it sent none
   * @param reason at most 123 bytes in UTF-8; empty where it sent none
   */
  boolean close(int code, String reason);
}
