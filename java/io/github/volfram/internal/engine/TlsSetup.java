package io.github.volfram.internal.engine;

import io.github.volfram.ClientOptions;
import io.github.volfram.ServerOptions;
import java.security.NoSuchAlgorithmException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** Makes the TLS engines of connections. Any thread. */
final class TlsSetup {

  private static final String[] ALPN = {"http/1.1"};

  private TlsSetup() {}

  /** An engine for a client's connection; the host is sent as server name, and verified. */
  static SSLEngine client(ClientOptions options, String host, int port) {
    SSLContext context = options.sslContext();
    if (context == null) {
      try {
        context = SSLContext.getDefault();
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("the platform has no default TLS context", e);
      }
    }
    SSLEngine engine = context.createSSLEngine(unbracketed(host), port);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(ALPN);
    options.sslParameters().accept(parameters);
    parameters.setEndpointIdentificationAlgorithm(options.verifyHostname() ? "HTTPS" : null);
    engine.setSSLParameters(parameters);
    return engine;
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** An engine for a server's connection. */
  static SSLEngine server(ServerOptions options, SSLContext context) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(ALPN);
    options.sslParameters().accept(parameters);
    engine.setSSLParameters(parameters);
    return engine;
  }
}
