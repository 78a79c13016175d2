package io.github.volfram;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Decides whether and when a {@link ReconnectingWebSocket} connects again. */
@FunctionalInterface
public interface ReconnectPolicy {

  /** Waits for {@link Lost#delay}, and stops where the refusal {@link Lost#isFinal is final}. */
  ReconnectPolicy UNLESS_FINAL = lost -> lost.isFinal() ? null : lost.delay();

  /**
   * What has happened.
   *
   * @param number how many times in a row connecting has failed, or the connection has broken
   *     before it was stable; 1 at first
   * @param delay what would be waited: random, between zero and the bound of this number; where a
   *     server answers 429 or 503 with a number of seconds in {@code Retry-After}, that more, an
   *     hour at most
   * @param closeCode of the connection, {@link CloseCode#ABNORMAL_CLOSURE} when there was none
   * @param cause why connecting has failed or the connection has broken, or null for a closing
   *     handshake in good order
   * @param unsentMessages how many messages of the handle the connection has not sent
   * @param unsentBytes the sum of their payloads
   */
  record Lost(
      int number,
      Duration delay,
      int closeCode,
      @Nullable Throwable cause,
      long unsentMessages,
      long unsentBytes) {

    /**
     * Whether the server's answer says that the same request will not do later, either: any status
     * of 4xx, such as 401, 403 or 404, but 408, 425 and 429, which are a matter of time.
     */
    public boolean isFinal() {
      return cause instanceof HandshakeException refusal
          && switch (refusal.status()) {
            case 408, 425, 429 -> false;
            default -> refusal.status() / 100 == 4;
          };
    }
  }

  /**
   * Called by the event loop's thread each time the connection is lost; must not block. One that
   * throws stops the reconnecting.
   *
   * @return how long to wait, such as {@link Lost#delay}; or null to stop
   */
  @Nullable Duration delay(Lost lost);
}
