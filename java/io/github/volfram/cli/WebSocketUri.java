package io.github.volfram.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an address that a client can connect to (RFC 6455 §3). */
final class WebSocketUri implements ITypeConverter<URI> {

  @Override
  public URI convert(String value) {
    URI uri;
    try {
      uri = new URI(value);
    } catch (URISyntaxException e) {
      throw new TypeConversionException("'" + value + "' is not a URL: " + e.getReason());
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!(scheme.equals("ws") || scheme.equals("wss")) || uri.getHost() == null) {
      throw new TypeConversionException(
          "'" + value + "' is not a WebSocket URL, such as ws://127.0.0.1:9001/path");
    }
    if (uri.getRawFragment() != null) {
      throw new TypeConversionException(
          "'" + value + "' has a fragment, which a WebSocket URL has not");
    }
    return uri;
  }
}
