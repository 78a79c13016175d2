package io.github.volfram.conformance;

import io.github.volfram.Backend;
import java.util.List;

/** The backends that the suite compares. */
final class Backends {

  static final List<Backend> ALL =
      Boolean.getBoolean("volfram.native.skip")
          ? List.of(Backend.NIO)
          : List.of(Backend.NATIVE, Backend.NIO);

  private Backends() {}
}
