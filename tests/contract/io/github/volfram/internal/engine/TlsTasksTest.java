package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.internal.transport.FakePeer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.Test;

/** The tasks of TLS, which have threads of their own while the loop goes on (FACTS: rows T). */
final class TlsTasksTest extends TlsFixture {

  /** A server's keys that are found only when the test says so. */
  private static final class SlowKeys extends X509ExtendedKeyManager {
    final CountDownLatch asked = new CountDownLatch(1);
    final CountDownLatch mayAnswer = new CountDownLatch(1);
    final boolean fails;

    SlowKeys(boolean fails) {
      this.fails = fails;
    }

    @Override
    public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
      asked.countDown();
      try {
        assertTrue(mayAnswer.await(30, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (fails) {
        throw new StackOverflowError("of the application's key manager");
      }
      return null;
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[0];
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return null;
    }
  }

  private SlowKeys serveSlowly(boolean fails) throws IOException, GeneralSecurityException {
    SlowKeys keys = new SlowKeys(fails);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {keys}, null, null);
    serve(context);
    connect("TLSv1.3");
    engine.beginHandshake();
    socket.writeAll(record(new byte[0]));
    until(() -> keys.asked.getCount() == 0);
    return keys;
  }

  @Test
  void aPeerIsNotReadWhileATaskOfItsHandshakeRuns_T5() throws Exception {
    SlowKeys keys = serveSlowly(false);
    byte[] flood = new byte[64 << 10];
    long taken = 0;
    for (int i = 0; i < 100; i++) {
      taken += socket.write(flood, 0, flood.length);
      settle();
    }
    assertTrue(taken <= 512 << 10, taken + " bytes were taken");
    keys.mayAnswer.countDown();
    until(() -> acceptor.population().count() == 0);
    assertNothingLeft();
  }

  @Test
  void theLoopGoesOnWhileATaskRuns_T5() throws Exception {
    SlowKeys keys = serveSlowly(false);
    FakePeer slow = socket;
    connect("TLSv1.3");
    socket.writeAll("not TLS".getBytes(StandardCharsets.US_ASCII));
    until(() -> acceptor.population().count() == 1);
    slow.shutdownOutput();
    settle();
    keys.mayAnswer.countDown();
    until(() -> acceptor.population().count() == 0);
    assertEquals(List.of(), events());
    assertNothingLeft();
  }

  @Test
  void anEndDuringATaskIsHeardAfterIt() throws Exception {
    SlowKeys keys = serveSlowly(false);
    for (int slot = 0; slot < 64; slot++) {
      Connection connection = loop.registry().at(slot);
      if (connection != null) {
        connection.endOfStream(0); // as of a transport that tells it although reading is paused
      }
    }
    settle();
    assertEquals(1, acceptor.population().count());
    keys.mayAnswer.countDown();
    until(() -> acceptor.population().count() == 0);
    assertNothingLeft();
  }

  @Test
  void theDeadlineDoesNotWaitForATask() throws Exception {
    SlowKeys keys = serveSlowly(false);
    advance(10 * SECOND + TICK);
    assertEquals(0, acceptor.population().count());
    keys.mayAnswer.countDown();
    assertNothingLeft();
  }

  @Test
  void aTaskThatThrowsEndsItsConnectionOnly() throws Exception {
    SlowKeys keys = serveSlowly(true);
    keys.mayAnswer.countDown();
    until(() -> acceptor.population().count() == 0);
    assertEquals(List.of(), events());
    assertNothingLeft();
  }

  @Test
  void nameServersThatDoNotAnswerHoldUpNoHandshake() throws IOException {
    CountDownLatch answer = new CountDownLatch(1);
    try {
      for (int lookup = 0; lookup < 100; lookup++) {
        Background.execute(
            () -> {
              try {
                answer.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
      }
      serve(contexts.server());
      connect("TLSv1.3");
      open();
    } finally {
      answer.countDown();
    }
  }
}
