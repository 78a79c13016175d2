package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.volfram.internal.transport.jna.NativeSupport;

/** Skips, or fails where the library is required, what needs a backend that is not there. */
final class Backends {

  private Backends() {}

  static void require(String backend) {
    if (backend.equals("native")) {
      NativeSupport support = NativeSupport.current();
      if (Boolean.getBoolean("volfram.native.required")) {
        assertTrue(support.isAvailable(), support.unavailabilityCause());
      }
      assumeTrue(support.isAvailable(), support.unavailabilityCause());
    }
  }
}
