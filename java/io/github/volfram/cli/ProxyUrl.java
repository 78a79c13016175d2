package io.github.volfram.cli;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where a proxy is, and who asks it. */
record ProxyUrl(InetSocketAddress address, @Nullable String user, String password) {

  /** Reads {@code http://[user:password@]host:port}; user and password may be percent-encoded. */
  static final class Converter implements ITypeConverter<ProxyUrl> {
    @Override
    public ProxyUrl convert(String value) {
      URI uri;
      try {
        uri = new URI(value);
      } catch (URISyntaxException e) {
        throw malformed();
      }
      String path = uri.getRawPath();
      boolean bare = (path == null || path.isEmpty() || path.equals("/")) && uri.getQuery() == null;
      if (!"http".equalsIgnoreCase(uri.getScheme())
          || uri.getHost() == null
          || uri.getPort() < 1
          || uri.getPort() > 65535
          || !bare) {
        throw malformed();
      }
      InetSocketAddress address = InetSocketAddress.createUnresolved(uri.getHost(), uri.getPort());
      String login = uri.getRawUserInfo();
      if (login == null) {
        return new ProxyUrl(address, null, "");
      }
      int colon = login.indexOf(':');
      return colon < 0
          ? new ProxyUrl(address, decoded(login), "")
          : new ProxyUrl(
              address, decoded(login.substring(0, colon)), decoded(login.substring(colon + 1)));
    }

    private static String decoded(String part) {
      return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static TypeConversionException malformed() {
      // The text is not shown: it may hold a password.
      return new TypeConversionException("not a proxy, such as http://user:password@host:8888");
    }
  }
}
