package io.github.volfram.internal.engine;

import io.github.volfram.Backend;
import io.github.volfram.BackendUnavailableException;
import io.github.volfram.Poller;
import io.github.volfram.internal.frame.JavaMasker;
import io.github.volfram.internal.transport.Masker;
import io.github.volfram.internal.transport.Transport;
import io.github.volfram.internal.transport.jna.JnaTransport;
import io.github.volfram.internal.transport.jna.NativeMasker;
import io.github.volfram.internal.transport.jna.NativePoller;
import io.github.volfram.internal.transport.jna.NativeSupport;
import io.github.volfram.internal.transport.nio.NioTransport;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The backend that was chosen, and why. Immutable.
 *
 * @param backend {@link Backend#NATIVE} or {@link Backend#NIO}
 * @param reason why it is not the native one; empty when it is
 * @param poller what the native one polls with
 */
record BackendChoice(Backend backend, String reason, NativePoller poller) {

  /** Decides where the option says {@link Backend#AUTO}. */
  static final String PROPERTY = "volfram.backend";

  /** Decides where the option says {@link Poller#AUTO}. */
  static final String POLLER_PROPERTY = "volfram.poller";

  private static final Set<String> LOGGED = ConcurrentHashMap.newKeySet();

  /**
   * Chooses, and logs the choice once.
   *
   * @throws BackendUnavailableException when the native backend or a poller was asked for and is
   *     not there
   */
  static BackendChoice of(Backend backendOption, Poller pollerOption) {
    Backend backend = backendOption;
    String source = "the option backend=";
    if (backend == Backend.AUTO) {
      source = "the system property " + PROPERTY + "=";
      backend = Backend.parse(System.getProperty(PROPERTY, "auto"));
    }
    Poller poller = pollerOption;
    String pollerSource = "the option poller=";
    if (poller == Poller.AUTO) {
      pollerSource = "the system property " + POLLER_PROPERTY + "=";
      poller = Poller.parse(System.getProperty(POLLER_PROPERTY, "auto"));
    }
    BackendChoice choice =
        poller == Poller.AUTO || backend == Backend.NIO
            ? choose(backend, source + backend)
            : polling(poller, pollerSource + poller);
    String text = "using the " + choice.backend + " backend" + choice.detail();
    if (LOGGED.add(text)) {
      Log.backend(text);
    }
    return choice;
  }

  private String detail() {
    if (poller != NativePoller.USUAL) {
      return " with " + poller;
    }
    return reason.isEmpty() ? "" : ": " + reason;
  }

  private static BackendChoice choose(Backend wanted, String source) {
    if (wanted == Backend.NIO) {
      return nio(source + " asks for it");
    }
    NativeSupport support = NativeSupport.current();
    if (support.isAvailable()) {
      return new BackendChoice(Backend.NATIVE, "", NativePoller.USUAL);
    }
    if (wanted == Backend.NATIVE) {
      throw new BackendUnavailableException(
          source
              + " asks for the native backend, which cannot be used: "
              + support.unavailabilityCause(),
          null);
    }
    return nio(support.unavailabilityCause());
  }

  private static BackendChoice nio(String reason) {
    return new BackendChoice(Backend.NIO, reason, NativePoller.USUAL);
  }

  private static BackendChoice polling(Poller wanted, String source) {
    NativePoller poller =
        switch (wanted) {
          case AUTO -> NativePoller.USUAL;
          case EPOLL -> NativePoller.EPOLL;
          case URING -> NativePoller.URING;
          case KQUEUE -> NativePoller.KQUEUE;
        };
    String cause = NativeSupport.current().unavailabilityCause(poller);
    if (!cause.isEmpty()) {
      throw new BackendUnavailableException(source + " asks for what is not there: " + cause, null);
    }
    return new BackendChoice(Backend.NATIVE, "", poller);
  }

  /** What is polled with; {@link Poller#AUTO} where that is for NIO to know. */
  Poller usedPoller() {
    if (backend == Backend.NIO) {
      return Poller.AUTO;
    }
    boolean usual = poller == NativePoller.USUAL;
    return Poller.parse(usual ? NativeSupport.current().poller() : poller.toString());
  }

  Transport newTransport() {
    return backend == Backend.NATIVE ? new JnaTransport(poller) : new NioTransport();
  }

  Masker newMasker() {
    return backend == Backend.NATIVE ? new NativeMasker(JavaMasker.INSTANCE) : JavaMasker.INSTANCE;
  }
}
