package io.github.volfram.cli;

/** The command line. Needs picocli, which the library itself does without. */
public final class Main {

  private Main() {}

  /** Runs the command named by the arguments, then ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  private static int run(String[] arguments) {
    try {
      return RootCommand.run(arguments);
    } catch (NoClassDefFoundError e) {
      if (String.valueOf(e.getMessage()).startsWith("picocli/")) {
        System.err.println(
            "volfram: the command line needs picocli; add info.picocli:picocli to the class path or,"
                + " where it is on the module path, --add-modules info.picocli");
        return 1;
      }
      throw e;
    }
  }
}
