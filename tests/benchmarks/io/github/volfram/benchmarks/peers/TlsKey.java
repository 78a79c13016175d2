package io.github.volfram.benchmarks.peers;

import java.io.File;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The self-signed key that all servers of a run have. */
final class TlsKey {

  /** A PKCS #12 file. */
  private static final String FILE = System.getProperty("volfram.benchmarks.keystore", "");

  private static final char[] PASSWORD =
      System.getProperty("volfram.benchmarks.password", "").toCharArray();

  private TlsKey() {}

  static KeyManagerFactory managers() throws GeneralSecurityException, IOException {
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store(), PASSWORD);
    return managers;
  }

  static KeyStore store() throws GeneralSecurityException, IOException {
    return KeyStore.getInstance(new File(FILE), PASSWORD);
  }

  static String password() {
    return new String(PASSWORD);
  }

  static SSLContext context() throws GeneralSecurityException, IOException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers().getKeyManagers(), null, null);
    return context;
  }
}
