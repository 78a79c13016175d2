package io.github.volfram.internal.handshake;

import io.github.volfram.internal.handshake.Extension.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of permessage-deflate as one side states them (RFC 7692 §7.1). A client must not
 * name client_max_window_bits unless its deflater can be held to a smaller window.
 *
 * @param serverNoContextTakeover the server begins each message with an empty window
 * @param clientNoContextTakeover the client begins each message with an empty window
 * @param serverMaxWindowBits 8 to 15, or {@link #ABSENT}
 * @param clientMaxWindowBits 8 to 15, {@link #ABSENT}, or {@link #NO_VALUE} for "as the server
 *     likes"
 */
public record PerMessageDeflateOffer(
    boolean serverNoContextTakeover,
    boolean clientNoContextTakeover,
    int serverMaxWindowBits,
    int clientMaxWindowBits) {

  /** The parameter is not there. */
  public static final int ABSENT = 0;

  /** The parameter is there without a value. */
  public static final int NO_VALUE = -1;

  /** No parameter at all: context takeover and windows of 15 bits on both sides. */
  public static final PerMessageDeflateOffer PLAIN =
      new PerMessageDeflateOffer(false, false, ABSENT, ABSENT);

  static final String EXTENSION = "permessage-deflate";
  static final int MIN_WINDOW_BITS = 8;
  static final int MAX_WINDOW_BITS = 15;

  private static final String SERVER_NO_CONTEXT_TAKEOVER = "server_no_context_takeover";
  private static final String CLIENT_NO_CONTEXT_TAKEOVER = "client_no_context_takeover";
  private static final String SERVER_MAX_WINDOW_BITS = "server_max_window_bits";
  private static final String CLIENT_MAX_WINDOW_BITS = "client_max_window_bits";

  /** Checks the window bits. */
  public PerMessageDeflateOffer {
    if (serverMaxWindowBits != ABSENT) {
      requireWindowBits(serverMaxWindowBits);
    }
    if (clientMaxWindowBits != ABSENT && clientMaxWindowBits != NO_VALUE) {
      requireWindowBits(clientMaxWindowBits);
    }
  }

  /**
   * The offer of a client that can be held to any window; 15 is said by leaving the parameter out,
   * or its value.
   */
  public static PerMessageDeflateOffer of(
      boolean serverNoContextTakeover,
      boolean clientNoContextTakeover,
      int serverMaxWindowBits,
      int clientMaxWindowBits) {
    return new PerMessageDeflateOffer(
        serverNoContextTakeover,
        clientNoContextTakeover,
        serverMaxWindowBits == MAX_WINDOW_BITS ? ABSENT : serverMaxWindowBits,
        clientMaxWindowBits == MAX_WINDOW_BITS ? NO_VALUE : clientMaxWindowBits);
  }

  static void requireWindowBits(int bits) {
    if (bits < MIN_WINDOW_BITS || bits > MAX_WINDOW_BITS) {
      throw new IllegalArgumentException(
          "window bits must be 8 to 15 (RFC 7692 §7.1.2), not " + bits);
    }
  }

  /**
   * Reads the parameters, or returns null when one is unknown, there twice, or has a value that it
   * may not have (RFC 7692 §7): then a server declines and a client fails.
   */
  static @Nullable PerMessageDeflateOffer parse(Extension extension) {
    boolean serverNoContextTakeover = false;
    boolean clientNoContextTakeover = false;
    int serverMaxWindowBits = ABSENT;
    int clientMaxWindowBits = ABSENT;
    for (Parameter parameter : extension.parameters()) {
      boolean flag = parameter.value() == null;
      int bits = windowBits(parameter);
      switch (parameter.name()) {
        case SERVER_NO_CONTEXT_TAKEOVER -> {
          if (serverNoContextTakeover || !flag) {
            return null;
          }
          serverNoContextTakeover = true;
        }
        case CLIENT_NO_CONTEXT_TAKEOVER -> {
          if (clientNoContextTakeover || !flag) {
            return null;
          }
          clientNoContextTakeover = true;
        }
        case SERVER_MAX_WINDOW_BITS -> {
          if (serverMaxWindowBits != ABSENT || bits == ABSENT) {
            return null;
          }
          serverMaxWindowBits = bits;
        }
        case CLIENT_MAX_WINDOW_BITS -> {
          if (clientMaxWindowBits != ABSENT || (bits == ABSENT && !flag)) {
            return null;
          }
          clientMaxWindowBits = flag ? NO_VALUE : bits;
        }
        default -> {
          return null;
        }
      }
    }
    return new PerMessageDeflateOffer(
        serverNoContextTakeover, clientNoContextTakeover, serverMaxWindowBits, clientMaxWindowBits);
  }

  /** A decimal of 8 to 15 without leading zeros or quotes (RFC 7692 §7.1.2.1), or ABSENT. */
  private static int windowBits(Parameter parameter) {
    String value = parameter.value();
    if (value == null || parameter.quoted() || value.startsWith("0")) {
      return ABSENT;
    }
    int bits = HttpSyntax.number(value);
    return bits < MIN_WINDOW_BITS || bits > MAX_WINDOW_BITS ? ABSENT : bits;
  }

  Extension toExtension() {
    List<Parameter> parameters = new ArrayList<>();
    if (serverNoContextTakeover) {
      parameters.add(Parameter.flag(SERVER_NO_CONTEXT_TAKEOVER));
    }
    if (clientNoContextTakeover) {
      parameters.add(Parameter.flag(CLIENT_NO_CONTEXT_TAKEOVER));
    }
    if (serverMaxWindowBits != ABSENT) {
      parameters.add(Parameter.of(SERVER_MAX_WINDOW_BITS, serverMaxWindowBits));
    }
    if (clientMaxWindowBits == NO_VALUE) {
      parameters.add(Parameter.flag(CLIENT_MAX_WINDOW_BITS));
    } else if (clientMaxWindowBits != ABSENT) {
      parameters.add(Parameter.of(CLIENT_MAX_WINDOW_BITS, clientMaxWindowBits));
    }
    return new Extension(EXTENSION, parameters);
  }
}
