package io.github.volfram.internal.engine;

import io.github.volfram.HandshakeException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How long a server that is too busy asks to be left alone (RFC 9110 §10.2.3). */
final class RetryAfter {

  /** No server is trusted to silence a client for longer. */
  private static final int MAX_SECONDS = 3600;

  private static final Pattern DELAY_SECONDS = Pattern.compile("[0-9]{1,9}");

  private RetryAfter() {}

  /**
   * The number of seconds, an hour at most; 0 where none was asked for with 429 or 503. A date is
   * not looked at: it would need clocks that agree.
   */
  static int seconds(@Nullable Throwable cause) {
    if (!(cause instanceof HandshakeException refusal)
        || (refusal.status() != 429 && refusal.status() != 503)) {
      return 0;
    }
    List<String> values = refusal.headers().get("Retry-After");
    if (values == null || values.size() != 1 || !DELAY_SECONDS.matcher(values.get(0)).matches()) {
      return 0;
    }
    return Math.min(MAX_SECONDS, Integer.parseInt(values.get(0)));
  }
}
