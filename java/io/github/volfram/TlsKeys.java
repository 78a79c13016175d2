package io.github.volfram;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Makes the TLS context of a server from its key and certificates. Any thread may use it. */
public final class TlsKeys {

  private static final char[] NO_PASSWORD = {};

  private static final Pattern PEM_KEY =
      Pattern.compile(
          "-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY-----([^-]*)-----END [A-Z0-9 ]*PRIVATE KEY-----");

  private TlsKeys() {}

  /**
   * Reads a PKCS#12 file that has a key with its certificates. Blocks for the file.
   *
   * @throws IOException when the file cannot be read, or the password is wrong
   */
  public static SSLContext fromPkcs12(Path file, char[] password) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, password);
      return context(store, password);
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot use " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads a chain of certificates, the server's own first, and its key, as PEM files. Blocks for
   * the files.
   *
   * @param key an unencrypted PKCS#8 file: "BEGIN PRIVATE KEY"
   * @throws IOException when a file cannot be read or is no such PEM, or the key is another one's
   */
  public static SSLContext fromPem(Path certificates, Path key) throws IOException {
    try {
      List<Certificate> chain = new ArrayList<>();
      byte[] pem = Files.readAllBytes(certificates);
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      chain.addAll(factory.generateCertificates(new ByteArrayInputStream(pem)));
      if (chain.isEmpty()) {
        throw new IOException("expected a certificate in " + certificates + ", got none");
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, NO_PASSWORD);
      PrivateKey privateKey = privateKey(key);
      if (!belongsTo(privateKey, chain.get(0).getPublicKey())) {
        throw new IOException(
            "the key in " + key + " does not belong to the certificate in " + certificates);
      }
      store.setKeyEntry("server", privateKey, NO_PASSWORD, chain.toArray(new Certificate[0]));
      return context(store, NO_PASSWORD);
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "cannot use " + certificates + " with " + key + ": " + e.getMessage(), e);
    }
  }

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    Matcher pem = PEM_KEY.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
    if (!pem.find() || !pem.group(1).isEmpty()) {
      throw new IOException(
          "expected an unencrypted PKCS#8 key (BEGIN PRIVATE KEY) in "
              + file
              + "; openssl pkcs8 -topk8 -nodes converts others");
    }
    byte[] encoded;
    try {
      encoded = Base64.getMimeDecoder().decode(pem.group(2));
    } catch (IllegalArgumentException e) {
      throw new IOException("expected base64 in " + file + ": " + e.getMessage(), e);
    }
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(encoded);
    IOException failure = new IOException("expected an RSA, EC, Ed25519 or Ed448 key in " + file);
    for (String algorithm : List.of("RSA", "EC", "Ed25519", "Ed448")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException e) { // the encoding names another algorithm
        failure.addSuppressed(e);
      }
    }
    throw failure;
  }

  /** Whether what this key signs is verified by that one: else every handshake would fail. */
  private static boolean belongsTo(PrivateKey privateKey, PublicKey publicKey)
      throws GeneralSecurityException {
    String signing =
        switch (privateKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> "EdDSA";
        };
    byte[] text = {1, 2, 3};
    Signature signature = Signature.getInstance(signing);
    signature.initSign(privateKey);
    signature.update(text);
    byte[] signed = signature.sign();
    try {
      signature.initVerify(publicKey);
      signature.update(text);
      return signature.verify(signed);
    } catch (InvalidKeyException | SignatureException e) {
      return false; // of another algorithm, or another curve
    }
  }

  private static SSLContext context(KeyStore store, char[] password)
      throws GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  /**
   * Loads a context again when one of its files has changed, which is looked at once a second at
   * most, by a thread of its own. While loading fails the context before stays in use.
   *
   * @param load such as {@code () -> TlsKeys.fromPem(certificates, key)}
   * @throws IOException when it cannot be loaded the first time
   */
  public static Supplier<SSLContext> reloading(Callable<SSLContext> load, Path... files)
      throws IOException {
    return new Reloading(load, List.of(files));
  }

  private static final class Reloading implements Supplier<SSLContext> {

    private static final long MIN_NANOS = 1_000_000_000L;

    private final Callable<SSLContext> load;
    private final List<Path> files;
    private volatile SSLContext current;
    private List<FileTime> times;
    private long lookedAt = System.nanoTime();
    private boolean looking;

    Reloading(Callable<SSLContext> load, List<Path> files) throws IOException {
      this.load = load;
      this.files = files;
      this.times = times();
      try {
        this.current = load.call();
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException("cannot load the keys: " + e.getMessage(), e);
      }
    }

    @Override
    public synchronized SSLContext get() {
      if (!looking && System.nanoTime() - lookedAt >= MIN_NANOS) {
        looking = true;
        Thread thread = new Thread(this::look, "volfram-keys");
        thread.setDaemon(true);
        thread.start();
      }
      return current;
    }

    private void look() {
      try {
        List<FileTime> now = times();
        if (!now.equals(times)) {
          current = load.call();
          times = now;
        }
      } catch (Exception e) {
        System.getLogger("io.github.volfram")
            .log(System.Logger.Level.WARNING, "the TLS keys cannot be loaded again", e);
      } finally {
        synchronized (this) {
          lookedAt = System.nanoTime();
          looking = false;
        }
      }
    }

    private List<FileTime> times() throws IOException {
      List<FileTime> found = new ArrayList<>();
      for (Path file : files) {
        found.add(Files.getLastModifiedTime(file));
      }
      return found;
    }
  }
}
