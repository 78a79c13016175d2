package io.github.volfram.cli;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What the library logs goes to the standard error, one line each, from warnings on: which backend
 * is used the commands say themselves. A configuration of the user's is left alone.
 */
final class Logging {

  private static final String CONFIGURATION = "java.util.logging.config.file";
  private static final String FORMAT = "java.util.logging.SimpleFormatter.format";

  private Logging() {}

  static void configure() {
    boolean canLog = ModuleLayer.boot().findModule("java.logging").isPresent();
    if (canLog && System.getProperty(CONFIGURATION) == null) {
      System.getProperties().putIfAbsent(FORMAT, "volfram: %4$s: %5$s%6$s%n");
      Library.LOGGER.setLevel(Level.WARNING);
    }
  }

  /** Keeps the logger, which would else be collected with its level. */
  private static final class Library {
    static final Logger LOGGER = Logger.getLogger("io.github.volfram");
  }
}
