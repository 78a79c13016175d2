package io.github.volfram.testing;

import java.time.Duration;

/**
 * What a {@link FaultProxy} does to one direction of a connection.
 *
 * @param delay how long each segment is held back
 * @param segmentBytes the size of what is written at a time
 * @param bytesPerSecond how fast bytes pass, 0 for no limit
 * @param endAfterBytes how many bytes pass before the ending
 * @param ending what happens then
 */
public record Faults(
    Duration delay, int segmentBytes, long bytesPerSecond, long endAfterBytes, Ending ending) {

  /** How a direction ends before its time. */
  public enum Ending {
    /** The receiver reads the end of the stream; what the sender still sends is thrown away. */
    FIN,
    /** Both ends see a reset. */
    RST,
    /** Everything is swallowed, the end of the stream too; both ends stay open. */
    BLACK_HOLE,
    /** Nothing is read any more, so that the sender's buffers fill up. */
    STALL
  }

  /** Passes everything as it comes. */
  public static final Faults NONE =
      new Faults(Duration.ZERO, 64 * 1024, 0, Long.MAX_VALUE, Ending.FIN);

  /** The same, and each segment is held back for so long. */
  public Faults delayedBy(Duration delay) {
    return new Faults(delay, segmentBytes, bytesPerSecond, endAfterBytes, ending);
  }

  /** The same, and at most so many bytes are written at a time. */
  public Faults inSegmentsOf(int bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("segments of at least 1 byte, not " + bytes);
    }
    return new Faults(delay, bytes, bytesPerSecond, endAfterBytes, ending);
  }

  /** The same, and no faster than this. */
  public Faults throttledTo(long bytesPerSecond) {
    return new Faults(delay, segmentBytes, bytesPerSecond, endAfterBytes, ending);
  }

  /** The same, and it ends in this way when exactly so many bytes have passed. */
  public Faults endingAfter(long bytes, Ending ending) {
    return new Faults(delay, segmentBytes, bytesPerSecond, bytes, ending);
  }
}
