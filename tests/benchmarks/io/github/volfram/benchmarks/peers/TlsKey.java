package io.github.volfram.benchmarks.peers;

import java.io.File;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Base64.Encoder;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The self-signed key that all servers of a run have. {@code main} prints it and its certificate in
 * PEM, for the servers that take nothing else.
 */
public final class TlsKey {

  /** A PKCS #12 file. */
  private static final String FILE = System.getProperty("volfram.benchmarks.keystore", "");

  private static final char[] PASSWORD =
      System.getProperty("volfram.benchmarks.password", "").toCharArray();

  private TlsKey() {}

  public static void main(String[] arguments) throws GeneralSecurityException, IOException {
    String alias = store().aliases().nextElement();
    print("CERTIFICATE", store().getCertificate(alias).getEncoded());
    print("PRIVATE KEY", store().getKey(alias, PASSWORD).getEncoded());
  }

  private static void print(String label, byte[] der) {
    Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
    System.out.println("-----BEGIN " + label + "-----");
    System.out.println(lines.encodeToString(der));
    System.out.println("-----END " + label + "-----");
  }

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
