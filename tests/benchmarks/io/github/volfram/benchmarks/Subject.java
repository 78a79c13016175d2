package io.github.volfram.benchmarks;

import io.github.volfram.internal.frame.JavaMasker;
import io.github.volfram.internal.transport.Masker;
import io.github.volfram.internal.transport.jna.NativeMasker;
import io.github.volfram.internal.transport.jna.NativeOnlyMasker;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The masker that is measured, for the benchmarks that need one. */
@State(Scope.Thread)
public class Subject {

  /** {@code native} crosses for every length, {@code hybrid} is what the native backend uses. */
  @Param({"java", "native", "hybrid"})
  public String masker = "";

  public Masker instance;

  @Setup
  public void choose() {
    instance =
        switch (masker) {
          case "java" -> JavaMasker.INSTANCE;
          case "native" -> new NativeOnlyMasker();
          case "hybrid" -> new NativeMasker(JavaMasker.INSTANCE);
          default -> throw new IllegalArgumentException("no such masker: " + masker);
        };
  }
}
