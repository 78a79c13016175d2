package io.github.volfram.internal.transport.jna;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Skips, or fails where the library is required, what needs the native library. */
final class NativeTests {

  private NativeTests() {}

  static void requireLibrary() {
    NativeSupport support = NativeSupport.current();
    if (Boolean.getBoolean("volfram.native.required")) {
      assertTrue(support.isAvailable(), support.unavailabilityCause());
    }
    assumeTrue(support.isAvailable(), support.unavailabilityCause());
  }
}
