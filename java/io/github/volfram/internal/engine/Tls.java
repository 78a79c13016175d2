package io.github.volfram.internal.engine;

import io.github.volfram.CloseCode;
import io.github.volfram.internal.frame.MessageAssembler;
import io.github.volfram.internal.transport.Masker;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS between a connection's socket and its stage: records in, plain bytes to the stage; plain
 * bytes of the sender in, records to the transport. On the loop's thread, apart from the engine's
 * delegated tasks.
 */
final class Tls {

  /** The room before decrypted bytes, as a transport leaves it before received ones. */
  private static final int HEADROOM_BYTES = MessageAssembler.HEADROOM_BYTES;

  /** How many records of the handshake protocol a peer may ask for while it reads nothing. */
  private static final int MAX_UNREAD_ANSWERS = 16;

  /** What encryption adds to a record at most. */
  private static final int RECORD_OVERHEAD_BYTES = 512;

  private static final int RECORD_BYTES = 16 * 1024;
  private static final int PIECE_BYTES = 4 * RECORD_BYTES;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Connection connection;
  private final SSLEngine engine;

  /** Records that are not complete, or that wait for a task. */
  private final KeptBytes kept;

  private boolean established;

  /** A task of the engine runs elsewhere, and reading is paused until it is done. */
  private boolean taskRunning;

  /** What ended that task, unless it was done. */
  private volatile @Nullable Throwable taskFailure;

  /** Whether the peer's stream ended behind what is kept. */
  private boolean endHeld;

  private boolean failed;
  private int unreadAnswers;

  Tls(Connection connection, SSLEngine engine) {
    this.connection = connection;
    this.engine = engine;
    this.kept = new KeptBytes(connection.loop.pool());
  }

  /** Begins the handshake; a server's engine waits for the client. */
  void begin() {
    try {
      engine.beginHandshake();
      advance();
    } catch (SSLException e) {
      fail(e);
    }
  }

  /** Whether the handshake of TLS is complete, so that bytes can be sent. */
  boolean isEstablished() {
    return established;
  }

  /** Records, or parts of some, have arrived. */
  void received(ByteBuffer buffer, int index, int length) {
    ByteBuffer records = buffer.duplicate().clear().limit(index + length).position(index);
    if (kept.isEmpty() && !taskRunning) {
      decrypt(records);
      if (records.hasRemaining() && isAlive()) {
        keep(records);
      }
      return;
    }
    keep(records);
    if (!taskRunning) {
      decryptKept();
    }
  }

  private void decryptKept() {
    ByteBuffer records = kept.take();
    if (records != null) {
      decrypt(records);
      kept.putBack(records, isAlive());
    }
  }

  private void keep(ByteBuffer records) {
    kept.add(records, engine.getSession().getPacketBufferSize());
  }

  /** The peer's stream has ended: in good order (0), or broken by an error. */
  void endOfStream(int errno) {
    if (errno == 0 && taskRunning) {
      endHeld = true;
    } else if (errno == 0 && !established) {
      fail(new SSLException("expected the peer to complete the handshake, got its end"));
    } else {
      connection.stage().endOfStream(errno); // close_notify or not: what counts is a close frame
    }
  }

  /** Decrypts whole records, unless there is a task to wait for. */
  private void decrypt(ByteBuffer records) {
    ByteBuffer plain = plaintext();
    try {
      int idleRounds = 0;
      while (isAlive() && idleRounds < 2) {
        plain.clear().position(HEADROOM_BYTES);
        SSLEngineResult result = engine.unwrap(records, plain);
        if (result.bytesProduced() > 0) {
          connection.deliver(plain, HEADROOM_BYTES, result.bytesProduced());
        }
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
          if (isAlive()) {
            connection.stage().endOfStream(0);
          }
          return;
        }
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW || !advance()) {
          break;
        }
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
          plain = largerThan(plain);
          continue;
        }
        boolean progress = result.bytesConsumed() > 0 || result.bytesProduced() > 0;
        idleRounds = progress ? 0 : idleRounds + 1;
      }
    } catch (SSLException e) {
      fail(e);
    }
  }

  private ByteBuffer plaintext() {
    return connection.loop.plaintext(engine.getSession().getApplicationBufferSize());
  }

  /** The session asks for more room when its peer makes larger records than usual. */
  private ByteBuffer largerThan(ByteBuffer plain) throws SSLException {
    ByteBuffer larger = plaintext();
    if (larger.capacity() <= plain.capacity()) {
      throw new SSLException("expected a record that fits, got none in " + plain.capacity());
    }
    return larger;
  }

  private boolean isAlive() {
    return !failed && connection.state() != ConnectionState.TERMINATED;
  }

  /** Does what the engine asks for; returns whether it can unwrap now. */
  private boolean advance() throws SSLException {
    while (isAlive()) {
      HandshakeStatus status = engine.getHandshakeStatus();
      if (established && status != HandshakeStatus.NOT_HANDSHAKING) {
        refuseRenegotiation();
      }
      switch (status) {
        case NEED_WRAP -> {
          if (established) {
            judgeAnswer();
          }
          if (!answer()) {
            return false;
          }
        }
        case NEED_TASK -> {
          runTask();
          return false;
        }
        case NOT_HANDSHAKING -> {
          establish();
          return true;
        }
        default -> {
          return true;
        }
      }
    }
    return false;
  }

  private void establish() {
    if (!established) {
      established = true;
      connection.stage().secured();
    }
  }

  /** Before anything is done for one: nothing could be sent meanwhile. */
  private void refuseRenegotiation() throws SSLException {
    if (!engine.getSession().getProtocol().equals("TLSv1.3")
        && !engine.isInboundDone()
        && !engine.isOutboundDone()) {
      throw new SSLException("expected no renegotiation (RFC 9325 §3.5), got one");
    }
  }

  /** A peer that asks for answers and reads none must not fill our memory. */
  private void judgeAnswer() throws SSLException {
    unreadAnswers = connection.isBacklogged() ? unreadAnswers + 1 : 0;
    if (unreadAnswers > MAX_UNREAD_ANSWERS) {
      throw new SSLException(
          "expected the peer to read its answers, got more than "
              + MAX_UNREAD_ANSWERS
              + " requests");
    }
  }

  /** Sends one record of the handshake protocol or an alert; false when there was none. */
  private boolean answer() throws SSLException {
    int bytes = engine.getSession().getPacketBufferSize();
    ByteBuffer record = connection.loop.pool().acquire(bytes, bytes).clear();
    SSLEngineResult result = engine.wrap(NOTHING, record);
    record.flip();
    boolean any = record.hasRemaining();
    connection.loop.sender().record(connection, record);
    if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
      establish();
    }
    return any;
  }

  private void runTask() {
    taskRunning = true;
    connection.loop.transport().pauseReading(connection.token);
    Background.executeTls(
        () -> {
          try {
            Runnable task;
            while ((task = engine.getDelegatedTask()) != null) {
              task.run();
            }
          } catch (Throwable thrown) { // of code that the application gave to TLS
            taskFailure = thrown;
          }
          connection.loop.tasks().execute(this::taskDone);
        });
  }

  private void taskDone() {
    taskRunning = false;
    if (!isAlive()) {
      return;
    }
    if (!connection.isReadingPaused()) {
      connection.loop.transport().resumeReading(connection.token);
    }
    try {
      if (taskFailure != null) {
        throw new SSLException("a task of the handshake failed: " + taskFailure, taskFailure);
      }
      if (advance()) {
        decryptKept();
      }
    } catch (SSLException e) {
      fail(e);
    }
    if (endHeld && !taskRunning && isAlive()) {
      endOfStream(0);
    }
  }

  /** Encrypts plain bytes and submits them. */
  void send(ByteBuffer plain, int index, int length) {
    ByteBuffer in = plain.duplicate().clear().limit(index + length).position(index);
    try {
      while (in.hasRemaining()) {
        connection.loop.sender().record(connection, encrypt(in));
      }
    } catch (SSLException e) {
      connection.loop.later(connection, () -> fail(e));
    } catch (RuntimeException | Error e) { // no memory, a provider's fault: this connection's alone
      connection.loop.later(connection, () -> EventLoop.broken(connection, e));
    }
  }

  /** Encrypts plain bytes, masked first with a key unless that is 0, for a backlog. */
  void sendMasked(ByteBuffer source, int index, int length, int key, long offset) {
    ByteBuffer piece = connection.loop.pool().acquire(Math.min(length, PIECE_BYTES), PIECE_BYTES);
    Masker masker = connection.loop.masker();
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, piece.capacity());
      piece.clear();
      piece.put(0, source, index + done, count);
      if (key != 0) {
        masker.mask(piece, 0, count, key, offset + done);
      }
      send(piece, 0, count);
      done += count;
    }
    connection.loop.pool().release(piece);
  }

  /** Makes records of as many bytes as there is room for: of all, if they are of the usual size. */
  private ByteBuffer encrypt(ByteBuffer in) throws SSLException {
    int packet = engine.getSession().getPacketBufferSize();
    int length = in.remaining();
    int bytes = length + (length / RECORD_BYTES + 1) * RECORD_OVERHEAD_BYTES + packet;
    ByteBuffer out = connection.loop.pool().acquire(bytes, bytes).clear();
    boolean encrypted = false;
    try {
      while (in.hasRemaining()) {
        SSLEngineResult result = engine.wrap(in, out);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW && out.position() > 0) {
          break;
        }
        if (result.getStatus() != SSLEngineResult.Status.OK || result.bytesProduced() == 0) {
          throw new SSLException("expected to encrypt, got " + result);
        }
      }
      encrypted = true;
      return out.flip();
    } finally {
      if (!encrypted) {
        connection.loop.pool().release(out);
      }
    }
  }

  /** Sends close_notify, before the socket's output is ended. */
  void closeOutbound() {
    engine.closeOutbound();
    try {
      boolean more = true;
      while (more && !engine.isOutboundDone()) {
        more = answer();
      }
    } catch (SSLException e) {
      fail(e);
    }
  }

  private void fail(SSLException cause) {
    if (!isAlive()) {
      return;
    }
    failed = true;
    try {
      boolean more = true;
      while (more && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        more = answer(); // the alert
      }
    } catch (SSLException e) {
      cause.addSuppressed(e);
    }
    connection.terminate(
        CloseCode.ABNORMAL_CLOSURE,
        "",
        new IOException("TLS failed: " + cause.getMessage(), cause),
        false);
  }

  /** The connection has ended. */
  void release() {
    kept.release();
  }
}
