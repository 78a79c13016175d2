package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.HandshakeException;
import io.github.volfram.cli.PrintingListener.End;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the client tells that a connection ended, or never began. */
class ConnectionEndTest {

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 1005})
  void someCodesAreAGoodEnd(int code) {
    assertTrue(new End(code, "", null).isClean());
    assertFalse(new End(code, "", new IOException("reset")).isClean());
  }

  @ParameterizedTest
  @ValueSource(ints = {1002, 1006, 1011, 3000, 4000})
  void otherCodesAreAFailure(int code) {
    assertFalse(new End(code, "", null).isClean());
  }

  @Test
  void theEndIsOneLineWithCodeReasonAndCause() {
    assertEquals("closed: 1000", new End(1000, "", null).describe());
    assertEquals("closed: 4000 a \\x1bb", new End(4000, "a\n\u001bb", null).describe());
    assertEquals("closed: 1006 (reset)", new End(1006, "", new IOException("reset")).describe());
  }

  @Test
  void aRefusalIsDescribedWithTheStartOfItsBody() {
    assertEquals("got 403: no\\x07 entry", Failures.describe(refusal(403, "no\u0007\nentry\n")));
    assertEquals("got 403", Failures.describe(refusal(403, "")));
    assertEquals("no answer", Failures.describe(new IOException("no answer")));
    String longest = Failures.describe(refusal(500, "x".repeat(10_000)));
    assertTrue(longest.length() < 300, longest);
  }

  private static HandshakeException refusal(int status, String body) {
    return new HandshakeException(
        "got " + status, status, Map.of(), body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theCauseOfAFutureIsDescribed() {
    IOException cause = new IOException("connection refused");
    assertEquals(
        "connection refused",
        Failures.describe(new CompletionException(new ExecutionException(cause))));
    assertEquals("java.io.IOException", Failures.describe(new IOException()));
  }
}
