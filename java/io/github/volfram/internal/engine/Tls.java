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

  /** Records that are not complete, or that wait for a task, from position to limit; or null. */
  private @Nullable ByteBuffer kept;

  private boolean established;
  private boolean taskRunning;
  private boolean failed;
  private int unreadAnswers;

  Tls(Connection connection, SSLEngine engine) {
    this.connection = connection;
    this.engine = engine;
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

  /** Records, or parts of some, have arrived. */
  void received(ByteBuffer buffer, int index, int length) {
    ByteBuffer records = buffer.duplicate().clear().limit(index + length).position(index);
    if (kept != null || taskRunning) {
      keep(records);
      if (taskRunning) {
        return;
      }
      decryptKept();
    } else {
      decrypt(records);
    }
  }

  private void decryptKept() {
    ByteBuffer records = kept;
    if (records != null) {
      kept = null;
      decrypt(records);
      connection.loop.pool().release(records);
    }
  }

  private void keep(ByteBuffer records) {
    ByteBuffer before = kept;
    int had = before == null ? 0 : before.remaining();
    int added = records.remaining();
    ByteBuffer joined = connection.loop.pool().acquire(had + added, had + added).clear();
    if (before != null) {
      joined.put(before);
      connection.loop.pool().release(before);
    }
    kept = joined.put(records).flip();
  }

  /** Decrypts whole records and keeps what is left. */
  private void decrypt(ByteBuffer records) {
    ByteBuffer plain = connection.loop.plaintext(engine.getSession().getApplicationBufferSize());
    try {
      int idleRounds = 0;
      while (isAlive() && idleRounds < 2) {
        plain.clear().position(HEADROOM_BYTES);
        SSLEngineResult result = engine.unwrap(records, plain);
        if (result.bytesProduced() > 0) {
          connection.stage().received(plain, HEADROOM_BYTES, result.bytesProduced());
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
        boolean progress = result.bytesConsumed() > 0 || result.bytesProduced() > 0;
        idleRounds = progress ? 0 : idleRounds + 1;
      }
    } catch (SSLException e) {
      fail(e);
    }
    if (records.hasRemaining() && isAlive()) {
      keep(records);
    }
  }

  private boolean isAlive() {
    return !failed && connection.state() != ConnectionState.TERMINATED;
  }

  /** Does what the engine asks for; returns whether it can unwrap now. */
  private boolean advance() throws SSLException {
    while (isAlive()) {
      switch (engine.getHandshakeStatus()) {
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

  /** A peer that asks for answers and reads none must not fill our memory. */
  private void judgeAnswer() throws SSLException {
    if (!engine.getSession().getProtocol().equals("TLSv1.3") && !engine.isInboundDone()) {
      throw new SSLException("expected no renegotiation (RFC 9325 §3.5), got one");
    }
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
    Background.execute(
        () -> {
          Runnable task;
          while ((task = engine.getDelegatedTask()) != null) {
            task.run();
          }
          connection.loop.tasks().execute(this::taskDone);
        });
  }

  private void taskDone() {
    taskRunning = false;
    if (!isAlive()) {
      release();
      return;
    }
    try {
      if (advance()) {
        decryptKept();
      }
    } catch (SSLException e) {
      fail(e);
    }
  }

  /** Encrypts plain bytes and submits them. */
  void send(ByteBuffer plain, int index, int length) {
    ByteBuffer records = encrypt(plain, index, length);
    if (records != null) {
      connection.loop.sender().record(connection, records);
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

  private @Nullable ByteBuffer encrypt(ByteBuffer plain, int index, int length) {
    int records = length / RECORD_BYTES + 1;
    int bytes =
        length + records * RECORD_OVERHEAD_BYTES + engine.getSession().getPacketBufferSize();
    ByteBuffer out = connection.loop.pool().acquire(bytes, bytes).clear();
    ByteBuffer in = plain.duplicate().clear().limit(index + length).position(index);
    try {
      while (in.hasRemaining()) {
        SSLEngineResult result = engine.wrap(in, out);
        if (result.getStatus() != SSLEngineResult.Status.OK) {
          throw new SSLException("expected to encrypt, got " + result.getStatus());
        }
      }
    } catch (SSLException e) {
      connection.loop.pool().release(out);
      connection.loop.later(connection, () -> fail(e));
      return null;
    }
    return out.flip();
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
    if (kept != null && !taskRunning) {
      connection.loop.pool().release(kept);
      kept = null;
    }
  }
}
