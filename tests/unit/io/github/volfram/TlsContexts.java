package io.github.volfram;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;

/** A server's TLS context with a fresh certificate for localhost, and a client's that trusts it. */
public record TlsContexts(SSLContext server, SSLContext client) {

  /** Makes them. */
  public static TlsContexts create(Path directory)
      throws IOException, GeneralSecurityException, InterruptedException {
    PemFiles pem = PemFiles.create(directory, "EC");
    return new TlsContexts(TlsKeys.fromPem(pem.certificates(), pem.key()), pem.clientContext());
  }
}
