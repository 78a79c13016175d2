package io.github.volfram.interop;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.volfram.Backend;
import io.github.volfram.internal.transport.jna.NativeSupport;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What the tests need and a machine may lack. A peer that is not installed skips its tests with one
 * line that says how to install it, or fails them under {@code -Dvolfram.peers.required=true}.
 */
public final class Peers {

  /** Where the scripts of the npm peers and their packages are. */
  static final Path NODE_SCRIPTS =
      Path.of(System.getProperty("volfram.basedir", "."), "tests", "interop", "node");

  private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

  private Peers() {}

  /** Node.js, with ws beside the scripts. */
  static Path node() {
    Path node =
        program("node")
            .orElseGet(
                () ->
                    missing("Node.js is not on the PATH", "apt-get install nodejs npm, or alike"));
    if (!Files.exists(NODE_SCRIPTS.resolve("node_modules/ws/package.json"))) {
      missing("the npm package ws is not installed", "npm ci --prefix tests/interop/node");
    }
    return node;
  }

  /** OpenSSL's command line. */
  static Path openssl() {
    return program("openssl")
        .orElseGet(
            () -> missing("openssl is not on the PATH", "apt-get install openssl, or alike"));
  }

  /** A Chromium or a browser made of it. */
  static Path chromium() {
    return Stream.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
        .flatMap(name -> program(name).stream())
        .findFirst()
        .orElseGet(
            () -> missing("Chromium is not on the PATH", "apt-get install chromium, or alike"));
  }

  /** The HTTP proxy tinyproxy. */
  public static Path tinyproxy() {
    return program("tinyproxy")
        .orElseGet(
            () -> missing("tinyproxy is not on the PATH", "apt-get install tinyproxy, or alike"));
  }

  /**
   * A test of the native backend fails where the library cannot be loaded. It is skipped under
   * {@code -Dvolfram.native.skip=true}, and where the build made no library and none is required.
   */
  public static void require(Backend backend) {
    NativeSupport support = NativeSupport.current();
    if (backend != Backend.NATIVE || support.isAvailable()) {
      return;
    }
    boolean skip = Boolean.getBoolean("volfram.native.skip");
    boolean required = Boolean.getBoolean("volfram.native.required");
    if (skip || !required && !isLibraryBuilt()) {
      abort(support.unavailabilityCause());
    }
    fail("the native backend is not available: " + support.unavailabilityCause());
  }

  private static boolean isLibraryBuilt() {
    String prefix = com.sun.jna.Platform.RESOURCE_PREFIX;
    return Peers.class.getResource("/" + prefix + "/" + System.mapLibraryName("volfram")) != null;
  }

  private static Optional<Path> program(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static <T> T missing(String what, String cure) {
    String message = what + "; to install it: " + cure;
    if (Boolean.getBoolean("volfram.peers.required")) {
      fail(message);
    }
    if (TOLD.add(what)) {
      System.err.println("Tests skipped: " + message);
    }
    return abort(message);
  }
}
