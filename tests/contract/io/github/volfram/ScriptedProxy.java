package io.github.volfram;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy, or another HTTP server, that answers each request head as a test says. */
public final class ScriptedProxy implements AutoCloseable {

  /** What to do with one connection whose head has been read. */
  public interface Answer {
    void to(String head, Socket client) throws IOException;
  }

  private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  /** The heads of all requests, in order. */
  public final List<String> heads = new CopyOnWriteArrayList<>();

  /** Everything that clients have sent through tunnels. */
  final ByteArrayOutputStream tunnelled = new ByteArrayOutputStream();

  private final Answer answer;

  public ScriptedProxy(Answer answer) throws IOException {
    this.answer = answer;
    daemon(this::accept);
  }

  /** Says the same to everyone, then waits for the client to leave. */
  public static ScriptedProxy saying(String text) throws IOException {
    return new ScriptedProxy(
        (head, client) -> {
          client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
          client.getInputStream().transferTo(OutputStream.nullOutputStream());
        });
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) listening.getLocalSocketAddress();
  }

  int port() {
    return listening.getLocalPort();
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        sockets.add(client);
        daemon(() -> serve(client));
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  private void serve(Socket client) {
    try (client) {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      InputStream in = client.getInputStream();
      int next;
      while ((next = in.read()) >= 0) {
        head.write(next);
        String text = head.toString(StandardCharsets.ISO_8859_1);
        if (text.endsWith("\r\n\r\n")) {
          heads.add(text);
          answer.to(text, client);
          return;
        }
      }
    } catch (IOException gone) {
      // the client has left
    }
  }

  /** Makes the tunnel that the head asks for, and copies until an end. */
  public void tunnel(String head, Socket client) throws IOException {
    tunnel(head, client, "HTTP/1.1 200 OK\r\n\r\n");
  }

  /** Makes it after an answer in these parts, each in a segment of its own. */
  void tunnel(String head, Socket client, String... answer) throws IOException {
    String authority = head.split(" ")[1];
    int colon = authority.lastIndexOf(':');
    try (Socket origin =
        new Socket("127.0.0.1", Integer.parseInt(authority.substring(colon + 1)))) {
      sockets.add(origin);
      client.setTcpNoDelay(true);
      for (String part : answer) {
        client.getOutputStream().write(part.getBytes(StandardCharsets.US_ASCII));
      }
      daemon(
          () -> {
            try {
              origin.getInputStream().transferTo(client.getOutputStream());
              client.close();
            } catch (IOException gone) {
              // the other direction ends, too
            }
          });
      byte[] buffer = new byte[8192];
      int count;
      while ((count = client.getInputStream().read(buffer)) >= 0) {
        tunnelled.write(buffer, 0, count);
        origin.getOutputStream().write(buffer, 0, count);
      }
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
