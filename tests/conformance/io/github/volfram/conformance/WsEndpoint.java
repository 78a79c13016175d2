package io.github.volfram.conformance;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An endpoint made of npm's ws, in a process of its own: tests/interop/node/record.mjs. */
final class WsEndpoint implements RecordingEndpoint {

  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Process node;
  private final BufferedReader events;
  private final int port;

  WsEndpoint(Path scripts, boolean asServer) throws IOException {
    String url = "ws://127.0.0.1:" + listener.getLocalPort() + "/";
    node =
        new ProcessBuilder("node", "record.mjs", asServer ? "server" : "client", url)
            .directory(scripts.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    events = node.inputReader(StandardCharsets.US_ASCII);
    port = asServer ? Integer.parseInt(events.readLine()) : 0;
  }

  @Override
  public RawPeer peer(boolean deflate) throws IOException {
    if (port != 0) {
      return RawPeer.connect(port, RecordingEndpoint.offer(deflate));
    }
    node.getOutputStream().write('\n');
    node.getOutputStream().flush();
    return RawPeer.accept(listener, RecordingEndpoint.answer(deflate));
  }

  @Override
  public List<String> told() throws IOException {
    List<String> told = new ArrayList<>();
    while (true) {
      String line = events.readLine();
      if (line == null) {
        throw new EOFException("node has ended");
      }
      List<byte[]> values = new ArrayList<>();
      for (String word : line.substring(line.indexOf(' ') + 1).split(" ", -1)) {
        values.add(Base64.getDecoder().decode(word));
      }
      byte[] first = values.get(0);
      String kind = line.substring(0, line.indexOf(' '));
      switch (kind) {
        case "text" -> told.add(Events.text(first));
        case "binary" -> told.add(Events.binary(first));
        case "ping" -> told.add(Events.ping(first));
        case "pong" -> told.add(Events.pong(first));
        case "close" -> {
          told.add(Events.closed(number(first), utf8(values.get(1))));
          return told;
        }
        case "fail" -> {
          told.add(Events.failed(number(first)));
          return told;
        }
        default -> throw new IOException("expected an event, got " + line);
      }
    }
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static int number(byte[] bytes) {
    return Integer.parseInt(utf8(bytes));
  }

  @Override
  public void close() throws IOException {
    node.destroyForcibly();
    events.close();
    listener.close();
  }
}
