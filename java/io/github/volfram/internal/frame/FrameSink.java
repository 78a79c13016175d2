package io.github.volfram.internal.frame;

import java.nio.ByteBuffer;

/**
 * Receives what a {@link FrameDecoder} parsed: for each frame one {@code header}, then one or more
 * {@code payload} runs, of which the last has {@code end} set. Called by the thread that decodes.
 */
public interface FrameSink {

  /**
   * A header is complete. What the header alone can violate has been judged already, except the
   * sequence of fragments.
   *
   * @param rsv the reserved bits: RSV1 is 4, RSV2 is 2, RSV3 is 1; none is set that the decoder was
   *     not told to allow
   * @param length the payload's length in bytes, not negative
   * @param key the masking key, read big-endian; 0 for an unmasked frame
   * @throws ProtocolViolation when the frame is not acceptable
   */
  void header(boolean fin, int rsv, int opcode, long length, int key) throws ProtocolViolation;

  /**
   * A run of payload, still masked. An empty payload gives one empty run.
   *
   * @param buffer the decoder's input; the bytes of the run are the sink's to change in place
   * @param offset how many payload bytes of this frame came before this run
   * @param end whether this run ends the frame
   * @return whether to go on with the bytes that follow
   * @throws ProtocolViolation when the payload is not acceptable
   */
  boolean payload(ByteBuffer buffer, int index, int length, int key, long offset, boolean end)
      throws ProtocolViolation;
}
