package io.github.volfram.internal.engine;

import io.github.volfram.SendCallback;
import io.github.volfram.internal.engine.Admission.Verdict;
import io.github.volfram.internal.frame.CloseFrame;
import io.github.volfram.internal.frame.FrameDecoder;
import io.github.volfram.internal.frame.Opcode;
import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A connection as code sees it that was written for the JDK's client. Any thread may use it. */
final class JdkWebSocket implements WebSocket {

  private final Connection connection;
  private final JdkReceiver receiver;
  private volatile boolean inputClosed;
  private volatile boolean outputClosed;

  /** The opcode of the message whose parts are being sent, or 0. */
  private int open;

  JdkWebSocket(Connection connection, JdkReceiver receiver) {
    this.connection = connection;
    this.receiver = receiver;
  }

  @Override
  public CompletableFuture<WebSocket> sendText(CharSequence data, boolean last) {
    ByteBuffer utf8;
    try {
      utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(data));
    } catch (CharacterCodingException e) {
      return CompletableFuture.failedFuture(
          new IOException("expected well-formed UTF-16, got a lone surrogate", e));
    }
    return sendData(Opcode.TEXT, utf8, last);
  }

  @Override
  public CompletableFuture<WebSocket> sendBinary(ByteBuffer data, boolean last) {
    return sendData(Opcode.BINARY, data, last);
  }

  private synchronized CompletableFuture<WebSocket> sendData(
      int opcode, ByteBuffer data, boolean last) {
    if (open != 0 && open != opcode) {
      return CompletableFuture.failedFuture(
          new IllegalStateException(
              "expected a part of the open " + Opcode.name(open) + " message, got another"));
    }
    int flags = open == 0 && last ? Transmission.WHOLE : last ? Transmission.LAST : 0;
    int frame = open == 0 ? opcode : Opcode.CONTINUATION;
    CompletableFuture<WebSocket> sent = send(frame, flags | Transmission.MAY_COMPRESS, data);
    if (!sent.isCompletedExceptionally()) {
      open = last ? 0 : opcode;
    }
    return sent;
  }

  @Override
  public CompletableFuture<WebSocket> sendPing(ByteBuffer message) {
    return sendControl(Opcode.PING, message);
  }

  @Override
  public CompletableFuture<WebSocket> sendPong(ByteBuffer message) {
    return sendControl(Opcode.PONG, message);
  }

  private synchronized CompletableFuture<WebSocket> sendControl(int opcode, ByteBuffer message) {
    if (message.remaining() > FrameDecoder.CONTROL_PAYLOAD_MAX) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              "expected at most 125 bytes (RFC 6455 §5.5), got " + message.remaining()));
    }
    return send(opcode, Transmission.WHOLE, message);
  }

  private CompletableFuture<WebSocket> send(int opcode, int flags, ByteBuffer data) {
    if (outputClosed) {
      return CompletableFuture.failedFuture(outputIsClosed());
    }
    CompletableFuture<WebSocket> sent = new CompletableFuture<>();
    int length = data.remaining();
    SendCallback callback = failure -> complete(sent, failure);
    if (connection.send(opcode, flags, data, callback, null) == Verdict.REFUSED) {
      return CompletableFuture.failedFuture(connection.refusal(length));
    }
    data.position(data.limit());
    return sent;
  }

  private static IOException outputIsClosed() {
    return new IOException("expected an open output, got one that is closed");
  }

  private void complete(CompletableFuture<WebSocket> sent, @Nullable Throwable failure) {
    JdkReceiver.run(
        receiver.executor(),
        () -> {
          if (failure == null) {
            sent.complete(this);
          } else {
            sent.completeExceptionally(failure);
          }
        });
  }

  @Override
  public synchronized CompletableFuture<WebSocket> sendClose(int statusCode, String reason) {
    Objects.requireNonNull(reason, "reason");
    byte[] payload;
    try {
      requireSendable(statusCode);
      payload = CloseFrame.encode(statusCode, reason);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
    if (outputClosed) {
      return CompletableFuture.failedFuture(outputIsClosed());
    }
    outputClosed = true;
    CompletableFuture<WebSocket> sent = new CompletableFuture<>();
    connection.onLoop(
        () -> {
          if (connection.maySend()) {
            connection.close(payload, failure -> complete(sent, failure));
          } else {
            complete(sent, outputIsClosed());
          }
        });
    return sent;
  }

  /** The codes that the JDK's documentation forbids, besides those that no frame may have. */
  private static void requireSendable(int code) {
    boolean sendable =
        switch (code) {
          case 1002, 1003, 1007, 1009, 1010, 1012, 1013, 1014 -> false;
          default -> CloseFrame.isSendableByLibrary(code);
        };
    if (!sendable) {
      throw new IllegalArgumentException(
          "expected a close code of 1000, 1001, 1008, 1011 or 3000-4999, got " + code);
    }
  }

  @Override
  public void request(long n) {
    if (n <= 0) {
      throw new IllegalArgumentException("expected a positive number, got " + n);
    }
    receiver.request(n);
  }

  @Override
  public String getSubprotocol() {
    String agreed = connection.subprotocol();
    return agreed == null ? "" : agreed;
  }

  @Override
  public boolean isOutputClosed() {
    return outputClosed || !connection.isOpen();
  }

  @Override
  public boolean isInputClosed() {
    return inputClosed;
  }

  @Override
  public void abort() {
    receiver.end();
    drop();
  }

  /** Closes both directions; the listener may still hear why. */
  void drop() {
    closed();
    connection.abort();
  }

  /** Both directions have ended. */
  void closed() {
    inputClosed = true;
    outputClosed = true;
  }
}
