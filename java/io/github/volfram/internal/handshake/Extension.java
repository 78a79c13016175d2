package io.github.volfram.internal.handshake;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One element of Sec-WebSocket-Extensions (RFC 6455 §9.1), in an offer or in a response.
 *
 * @param name a token
 * @param parameters in the order they came
 */
public record Extension(String name, List<Parameter> parameters) {

  /**
   * A parameter of an extension.
   *
   * @param name a token
   * @param value a token, or null for a parameter that is a flag
   * @param quoted whether the value came as a quoted string
   */
  public record Parameter(String name, @Nullable String value, boolean quoted) {

    static Parameter flag(String name) {
      return new Parameter(name, null, false);
    }

    static Parameter of(String name, int value) {
      return new Parameter(name, Integer.toString(value), false);
    }
  }

  /** Copies the parameters. */
  public Extension {
    parameters = List.copyOf(parameters);
  }

  /** As it is sent: {@code name; flag; name=value}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name);
    for (Parameter parameter : parameters) {
      text.append("; ").append(parameter.name());
      if (parameter.value() != null) {
        text.append('=').append(parameter.value());
      }
    }
    return text.toString();
  }
}
