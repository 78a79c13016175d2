package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsKeysTest {

  @TempDir Path directory;

  /** Does a handshake in memory, with a client that trusts this certificate alone. */
  private static void assertServes(SSLContext server, PemFiles pem) throws Exception {
    ScriptedChannel clientEnd = new ScriptedChannel();
    ScriptedChannel serverEnd = new ScriptedChannel();
    TlsChannel from = TlsChannel.client(clientEnd, pem.clientContext(), "localhost", 443);
    TlsChannel to = TlsChannel.server(serverEnd, server);
    ByteBuffer into = ByteBuffer.allocate(1);
    for (int round = 0; into.hasRemaining(); round++) {
      assertTrue(round < 100, "the handshake does not end");
      from.write(ByteBuffer.allocate(1));
      serverEnd.feed(clientEnd.written());
      to.read(into);
      clientEnd.feed(serverEnd.written());
      from.read(ByteBuffer.allocate(1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void keysOfEveryKindAreRead(String algorithm) throws Exception {
    PemFiles pem = PemFiles.create(directory, algorithm);
    assertServes(TlsKeys.fromPem(pem.certificates(), pem.key()), pem);
    assertServes(TlsKeys.fromPkcs12(pem.store(), PemFiles.PASSWORD.toCharArray()), pem);
  }

  @Test
  void textAroundThePemIsSkipped() throws Exception {
    PemFiles pem = PemFiles.create(directory, "EC");
    for (Path file : new Path[] {pem.certificates(), pem.key()}) {
      Files.writeString(file, "# für alle\n" + Files.readString(file).replace("\n", "\r\n"));
    }
    assertServes(TlsKeys.fromPem(pem.certificates(), pem.key()), pem);
  }

  private static void assertRefused(Path certificates, Path key, String why) {
    IOException failure = assertThrows(IOException.class, () -> TlsKeys.fromPem(certificates, key));
    assertTrue(failure.getMessage().contains(why), failure.getMessage());
  }

  @Test
  void whatCannotBeUsedIsRefusedWithTheReason() throws Exception {
    PemFiles pem = PemFiles.create(directory, "EC");
    Path other = Files.createDirectory(directory.resolve("other"));
    PemFiles another = PemFiles.create(other, "EC");
    assertRefused(pem.certificates(), another.key(), "does not belong to the certificate");
    PemFiles rsa = PemFiles.create(Files.createDirectory(directory.resolve("rsa")), "RSA");
    assertRefused(pem.certificates(), rsa.key(), "does not belong to the certificate");
    assertRefused(pem.certificates(), pem.certificates(), "BEGIN PRIVATE KEY");
    String text = Files.readString(pem.key());
    Path bad = directory.resolve("bad.pem");
    Files.writeString(bad, text.replace("PRIVATE KEY", "EC PRIVATE KEY"));
    assertRefused(pem.certificates(), bad, "openssl pkcs8");
    Files.writeString(bad, text.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"));
    assertRefused(pem.certificates(), bad, "unencrypted");
    Files.writeString(bad, "-----BEGIN PRIVATE KEY-----\nMTIz\n-----END PRIVATE KEY-----\n");
    assertRefused(pem.certificates(), bad, "RSA, EC, Ed25519 or Ed448");
    Files.writeString(bad, "-----BEGIN PRIVATE KEY-----\n?\n-----END PRIVATE KEY-----\n");
    assertRefused(pem.certificates(), bad, "RSA, EC, Ed25519 or Ed448");
    Files.writeString(bad, "");
    assertRefused(bad, pem.key(), "bad.pem");
    assertThrows(
        IOException.class, () -> TlsKeys.fromPem(directory.resolve("missing.pem"), pem.key()));
    IOException failure =
        assertThrows(
            IOException.class, () -> TlsKeys.fromPkcs12(pem.store(), "wrong".toCharArray()));
    assertTrue(failure.getMessage().contains("password"), failure.getMessage());
  }

  private static void until(String what, java.util.function.BooleanSupplier happened) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!happened.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "has not happened: " + what);
      Thread.yield();
    }
  }

  private static void touch(Path file) throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    Files.setLastModifiedTime(file, FileTime.fromMillis(time.toMillis() + 10_000));
  }

  @Test
  void keysAreLoadedAgainWhenAFileHasChanged() throws Exception {
    PemFiles old = PemFiles.create(directory, "EC");
    PemFiles renewed = PemFiles.create(Files.createDirectory(directory.resolve("new")), "EC");
    AtomicInteger loads = new AtomicInteger();
    Supplier<SSLContext> keys =
        TlsKeys.reloading(
            () -> {
              loads.incrementAndGet();
              return TlsKeys.fromPem(old.certificates(), old.key());
            },
            old.certificates(),
            old.key());
    SSLContext first = keys.get();
    assertServes(first, old);

    Files.copy(renewed.key(), old.key(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    touch(old.key());
    until(
        "a load that fails, as the key is new and the certificate is not",
        () -> keys.get() == first && loads.get() >= 2);
    assertSame(first, keys.get());

    Files.copy(
        renewed.certificates(),
        old.certificates(),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    touch(old.certificates());
    until("a load that succeeds", () -> keys.get() != first);
    assertNotSame(first, keys.get());
    assertServes(keys.get(), renewed);
  }

  @Test
  void theFirstLoadMustSucceed() {
    Path missing = directory.resolve("missing.pem");
    assertThrows(
        IOException.class,
        () -> TlsKeys.reloading(() -> TlsKeys.fromPem(missing, missing), missing));
  }

  @Test
  void theChainIsSentInOrder() throws Exception {
    PemFiles own = PemFiles.create(directory, "EC");
    PemFiles next = PemFiles.create(Files.createDirectory(directory.resolve("next")), "EC");
    Path chain = directory.resolve("chain.pem");
    Files.writeString(
        chain, Files.readString(own.certificates()) + Files.readString(next.certificates()));
    ScriptedChannel clientEnd = new ScriptedChannel();
    ScriptedChannel serverEnd = new ScriptedChannel();
    SSLEngine engine = own.clientContext().createSSLEngine("localhost", 443);
    engine.setUseClientMode(true);
    TlsChannel client = new TlsChannel(clientEnd, engine);
    TlsChannel server = TlsChannel.server(serverEnd, TlsKeys.fromPem(chain, own.key()));
    ByteBuffer one = ByteBuffer.allocate(1);
    while (one.hasRemaining()) {
      client.write(ByteBuffer.allocate(1));
      serverEnd.feed(clientEnd.written());
      server.read(one);
      clientEnd.feed(serverEnd.written());
      client.read(ByteBuffer.allocate(1));
    }
    assertEquals(2, engine.getSession().getPeerCertificates().length);
    assertEquals(own.certificate(), (X509Certificate) engine.getSession().getPeerCertificates()[0]);
  }
}
