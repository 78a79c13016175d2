package io.github.volfram;

import io.github.volfram.internal.engine.Credentials;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one call of {@link WebSocketClient#connect(ClientRequest, WebSocketListener)} asks for
 * beyond the client's options. Immutable: each method returns another request.
 */
public final class ClientRequest {

  private final URI uri;
  private final List<Map.Entry<String, String>> headers;
  private final @Nullable List<String> subprotocols;

  private ClientRequest(
      URI uri, List<Map.Entry<String, String>> headers, @Nullable List<String> subprotocols) {
    this.uri = uri;
    this.headers = headers;
    this.subprotocols = subprotocols;
  }

  /** A request for a URI, with nothing else. */
  public static ClientRequest to(URI uri) {
    return new ClientRequest(Objects.requireNonNull(uri, "uri"), List.of(), null);
  }

  /** The same with one header more, after those of the client's options. */
  public ClientRequest header(String name, String value) {
    List<Map.Entry<String, String>> more = new ArrayList<>(headers);
    more.add(Map.entry(name, value));
    return new ClientRequest(uri, List.copyOf(more), subprotocols);
  }

  /**
   * The same with a user's name and password (Basic, RFC 7617).
   *
   * @throws IllegalArgumentException for a colon in the name, and for control characters
   */
  public ClientRequest basicAuth(String user, String password) {
    return header("Authorization", Credentials.basic(user, password));
  }

  /**
   * The same with a token (Bearer, RFC 6750).
   *
   * @throws IllegalArgumentException for what is no token by RFC 6750 §2.1
   */
  public ClientRequest bearerToken(String token) {
    return header("Authorization", Credentials.bearer(token));
  }

  /** The same with these subprotocols, in order of preference, instead of the options'. */
  public ClientRequest subprotocols(String... names) {
    return new ClientRequest(uri, headers, List.of(names));
  }

  /** Where to connect. */
  public URI uri() {
    return uri;
  }

  /** The headers added to those of the client's options, in order. */
  public List<Map.Entry<String, String>> headers() {
    return headers;
  }

  /** The subprotocols to offer, or null for those of the client's options. */
  public @Nullable List<String> subprotocols() {
    return subprotocols;
  }
}
