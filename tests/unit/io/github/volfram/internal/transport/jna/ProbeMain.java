package io.github.volfram.internal.transport.jna;

/** Prints what {@link NativeSupport} finds in a JVM of its own. */
final class ProbeMain {

  private ProbeMain() {}

  public static void main(String[] arguments) {
    NativeSupport support = NativeSupport.current();
    System.out.println(
        support.isAvailable() + "|" + support.libraryPath() + "|" + support.unavailabilityCause());
  }
}
