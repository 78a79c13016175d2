package io.github.volfram.internal.frame;

/**
 * How much a peer may send. Checked when a frame's header is complete, before its payload is read
 * (RFC 6455 §10.4); the length of a compressed message when as much has been inflated.
 *
 * @param maxFrameBytes the longest payload of one frame as it is sent, 0 or more
 * @param maxMessageBytes the longest message over all its fragments as it is delivered, 0 or more;
 *     {@link Integer#MAX_VALUE} sets no limit where messages are delivered in chunks
 * @param maxEmptyFragments how many empty fragments may follow each other within a message, 0 or
 *     more
 */
public record FrameLimits(long maxFrameBytes, int maxMessageBytes, int maxEmptyFragments) {

  /** Checks that no limit is negative. */
  public FrameLimits {
    if (maxFrameBytes < 0 || maxMessageBytes < 0 || maxEmptyFragments < 0) {
      throw new IllegalArgumentException(
          "limits must not be negative: maxFrameBytes "
              + maxFrameBytes
              + ", maxMessageBytes "
              + maxMessageBytes
              + ", maxEmptyFragments "
              + maxEmptyFragments);
    }
  }
}
