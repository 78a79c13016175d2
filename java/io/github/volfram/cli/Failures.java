package io.github.volfram.cli;

import io.github.volfram.HandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Says in one line what went wrong. */
final class Failures {

  private static final int MAX_BODY_CHARS = 200;

  private Failures() {}

  static String describe(Throwable failure) {
    Throwable cause = unwrapped(failure);
    if (cause instanceof HandshakeException refused) {
      return Printable.line(describe(refused));
    }
    String message = cause.getMessage();
    return Printable.line(message == null || message.isBlank() ? cause.toString() : message);
  }

  private static String describe(HandshakeException refused) {
    String body = new String(refused.bodyPrefix(), StandardCharsets.UTF_8).strip();
    if (refused.status() == 0 || body.isEmpty()) {
      return String.valueOf(refused.getMessage());
    }
    String start = body.length() > MAX_BODY_CHARS ? body.substring(0, MAX_BODY_CHARS) + "…" : body;
    return refused.getMessage() + ": " + start;
  }

  /** What a future failed with. */
  static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure.getCause();
    return cause != null
            && (failure instanceof CompletionException || failure instanceof ExecutionException)
        ? unwrapped(cause)
        : failure;
  }
}
