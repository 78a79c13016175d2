package io.github.volfram.cli;

import io.github.volfram.ServerOptions;
import io.github.volfram.TlsKeys;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a server's key and certificates are. */
final class TlsFlags {

  @Option(
      names = "--tls-keystore",
      paramLabel = "FILE",
      description = "Speaks TLS (wss) with the key of this PKCS#12 file.")
  private @Nullable Path keystore;

  @Option(
      names = "--tls-password",
      paramLabel = "PASSWORD",
      description = "The password of that file (default: none).")
  private String password = "";

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "Speaks TLS (wss) with this chain of certificates in PEM; needs --tls-key.")
  private @Nullable Path certificates;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "The unencrypted PKCS#8 key of --tls-cert, in PEM.")
  private @Nullable Path key;

  boolean isSecure() {
    return keystore != null || certificates != null || key != null;
  }

  /**
   * Adds the keys to the options; they are read again when a file has changed.
   *
   * @throws IllegalArgumentException when options contradict each other
   * @throws IOException when a file cannot be used
   */
  void apply(ServerOptions.Builder options) throws IOException {
    Path store = keystore;
    Path chain = certificates;
    Path privateKey = key;
    if (store != null && (chain != null || privateKey != null)) {
      throw new IllegalArgumentException(
          "--tls-keystore and --tls-cert with --tls-key exclude each other");
    }
    if (store != null) {
      options.tls(
          TlsKeys.reloading(() -> TlsKeys.fromPkcs12(store, password.toCharArray()), store));
    } else if (chain != null && privateKey != null) {
      options.tls(TlsKeys.reloading(() -> TlsKeys.fromPem(chain, privateKey), chain, privateKey));
    } else if (chain != null || privateKey != null) {
      throw new IllegalArgumentException("--tls-cert and --tls-key need each other");
    }
  }
}
