package io.github.volfram.internal.engine;

import io.github.volfram.Backend;
import io.github.volfram.BackendUnavailableException;
import io.github.volfram.internal.frame.JavaMasker;
import io.github.volfram.internal.transport.Masker;
import io.github.volfram.internal.transport.Transport;
import io.github.volfram.internal.transport.jna.JnaTransport;
import io.github.volfram.internal.transport.jna.NativeMasker;
import io.github.volfram.internal.transport.jna.NativeSupport;
import io.github.volfram.internal.transport.nio.NioTransport;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The backend that was chosen, and why. Immutable.
 *
 * @param backend {@link Backend#NATIVE} or {@link Backend#NIO}
 * @param reason why it is not the native one; empty when it is
 */
record BackendChoice(Backend backend, String reason) {

  /** Decides where the option says {@link Backend#AUTO}. */
  static final String PROPERTY = "volfram.backend";

  private static final Set<String> LOGGED = ConcurrentHashMap.newKeySet();

  /**
   * Chooses, and logs the choice once.
   *
   * @throws BackendUnavailableException when the native backend was asked for and is not there
   */
  static BackendChoice of(Backend option) {
    Backend wanted = option;
    String source = "the option backend=";
    if (option == Backend.AUTO) {
      source = "the system property " + PROPERTY + "=";
      wanted = Backend.parse(System.getProperty(PROPERTY, "auto"));
    }
    BackendChoice choice = choose(wanted, source + wanted);
    String text =
        "using the "
            + choice.backend
            + " backend"
            + (choice.reason.isEmpty() ? "" : ": " + choice.reason);
    if (LOGGED.add(text)) {
      Log.backend(text);
    }
    return choice;
  }

  private static BackendChoice choose(Backend wanted, String source) {
    if (wanted == Backend.NIO) {
      return new BackendChoice(Backend.NIO, source + " asks for it");
    }
    NativeSupport support = NativeSupport.current();
    if (support.isAvailable()) {
      return new BackendChoice(Backend.NATIVE, "");
    }
    if (wanted == Backend.NATIVE) {
      throw new BackendUnavailableException(
          source
              + " asks for the native backend, which cannot be used: "
              + support.unavailabilityCause(),
          null);
    }
    return new BackendChoice(Backend.NIO, support.unavailabilityCause());
  }

  Transport newTransport() {
    return backend == Backend.NATIVE ? new JnaTransport() : new NioTransport();
  }

  Masker newMasker() {
    return backend == Backend.NATIVE ? new NativeMasker(JavaMasker.INSTANCE) : JavaMasker.INSTANCE;
  }
}
