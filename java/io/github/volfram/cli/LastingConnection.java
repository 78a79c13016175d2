package io.github.volfram.cli;

import io.github.volfram.CloseCode;
import io.github.volfram.ReconnectOptions;
import io.github.volfram.ReconnectPolicy;
import io.github.volfram.ReconnectingWebSocket;
import io.github.volfram.ReconnectingWebSocket.State;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketClient;
import io.github.volfram.WebSocketClosedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A connection over the standard streams that is made again when it is lost. What happens to it is
 * printed by the event loop's thread; another thread reads the input, and waits while there is no
 * connection.
 */
final class LastingConnection {

  private final WebSocketClient client;
  private final URI uri;
  private final PrintStream out;

  private @Nullable WebSocket current;
  private boolean stopped;
  private PrintingListener.@Nullable End end;

  LastingConnection(WebSocketClient client, URI uri, PrintStream out) {
    this.client = client;
    this.uri = uri;
    this.out = out;
  }

  /**
   * Talks until there is nothing more to do; returns how the last connection ended, or null when
   * the last attempt has made none.
   */
  PrintingListener.@Nullable End end() {
    ReconnectOptions options =
        ReconnectOptions.builder().onState(this::changed).policy(this::delay).build();
    PrintingListener listener =
        new PrintingListener(out, this::lost) {
          @Override
          public void onOpen(WebSocket webSocket) {
            opened(webSocket);
          }
        };
    ReconnectingWebSocket lasting = client.connectReconnecting(uri, listener, options);
    ConnectCommand.readInput(() -> sendLines(lasting));
    lasting.stopped().exceptionally(failure -> null).join();
    synchronized (this) {
      return end;
    }
  }

  private synchronized void opened(WebSocket webSocket) {
    System.err.println(ConnectCommand.connected(uri, webSocket.subprotocol()));
    current = webSocket;
    end = null;
    notifyAll();
  }

  private synchronized void lost(PrintingListener.End how) {
    System.err.println(how.describe());
    current = null;
    end = how;
  }

  private synchronized void changed(State state) {
    switch (state) {
      case CONNECTING -> {
        System.err.println("connecting to " + uri);
        end = null;
      }
      case STOPPED -> {
        System.err.println("stopped");
        stopped = true;
        notifyAll();
      }
      case OPEN, WAITING -> {} // opened and delay have said more
    }
  }

  private synchronized @Nullable Duration delay(ReconnectPolicy.Lost lost) {
    Throwable cause = lost.cause();
    if (cause == null && lost.closeCode() == CloseCode.NORMAL_CLOSURE) {
      return null;
    }
    if (end == null && cause != null) {
      System.err.println("cannot connect: " + Failures.describe(cause));
    }
    if (lost.isFinal()) {
      System.err.println("not connecting again: the server refuses, and would later");
      return null;
    }
    System.err.println("connecting again in " + lost.delay().toMillis() + " ms");
    return lost.delay();
  }

  private void sendLines(ReconnectingWebSocket lasting) {
    try {
      awaitOther(null);
      BufferedReader lines = ConnectCommand.lines();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        send(line);
      }
    } catch (IOException e) {
      System.err.println("the standard input cannot be read: " + Failures.describe(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lasting.close();
  }

  /** Sends a line, on as many connections as it takes: one that failed has not left as a whole. */
  private void send(String line) throws InterruptedException {
    WebSocket webSocket = awaitOther(null);
    while (webSocket != null) {
      try {
        webSocket.sendText(line).join();
        return;
      } catch (CompletionException e) {
        Throwable cause = Failures.unwrapped(e);
        if (!(cause instanceof WebSocketClosedException)) {
          System.err.println("a line was not sent: " + Failures.describe(cause));
          return;
        }
      }
      webSocket = awaitOther(webSocket);
    }
  }

  /** Waits for a connection other than that; null when there is to be none. */
  @SuppressWarnings("ReferenceEquality") // which connection it is matters
  private synchronized @Nullable WebSocket awaitOther(@Nullable WebSocket that)
      throws InterruptedException {
    while (!stopped && (current == null || current == that)) {
      wait();
    }
    return stopped ? null : current;
  }
}
