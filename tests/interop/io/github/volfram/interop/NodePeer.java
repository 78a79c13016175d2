package io.github.volfram.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An end of a connection made of npm's ws, in a process of its own. Commands go to its standard
 * input and events come from its standard output: a line each, a word and arguments in base64.
 */
final class NodePeer implements Peer {

  private final EventLog log = new EventLog();
  private final Process process;

  NodePeer(String script, String... arguments) throws IOException {
    process = start(script, arguments);
    Thread reader = new Thread(this::read, "node-peer");
    reader.setDaemon(true);
    reader.start();
  }

  /** Runs one of the scripts; what it writes to its standard error is ours. */
  static Process start(String script, String... arguments) throws IOException {
    List<String> command =
        Stream.concat(Stream.of(Peers.node().toString(), script), Arrays.stream(arguments))
            .toList();
    return new ProcessBuilder(command)
        .directory(Peers.NODE_SCRIPTS.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** The arguments of a line that such a script wrote. */
  static List<byte[]> arguments(String line) {
    return Arrays.stream(line.split(" ", -1)).skip(1).map(Base64.getDecoder()::decode).toList();
  }

  @Override
  public EventLog log() {
    return log;
  }

  @Override
  public void sendText(String text) {
    command("text", Peer.utf8(text));
  }

  @Override
  public void sendBinary(byte[] payload) {
    command("binary", payload);
  }

  @Override
  public void sendPing(byte[] payload) {
    command("ping", payload);
  }

  @Override
  public void sendPong(byte[] payload) {
    command("pong", payload);
  }

  @Override
  public void sendClose(int code, String reason) {
    command("close", Peer.utf8(Integer.toString(code)), Peer.utf8(reason));
  }

  @Override
  public void sendTextFragments(String... parts) {
    command("text-fragments", Arrays.stream(parts).map(Peer::utf8).toArray(byte[][]::new));
  }

  @Override
  public void sendBinaryFragments(byte[]... parts) {
    command("binary-fragments", parts);
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException ignored) {
      // It has ended already.
    }
    try {
      if (!process.waitFor(EventLog.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void command(String word, byte[]... arguments) {
    Base64.Encoder base64 = Base64.getEncoder();
    String line =
        Arrays.stream(arguments)
            .map(base64::encodeToString)
            .collect(Collectors.joining(" ", word + " ", "\n"));
    try {
      OutputStream commands = process.getOutputStream();
      commands.write(line.getBytes(StandardCharsets.US_ASCII));
      commands.flush();
    } catch (IOException e) {
      throw new AssertionError("node has ended, which was to " + word, e);
    }
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        log.add(event(line));
      }
    } catch (IOException e) {
      log.add(Event.error(e.toString()));
    }
  }

  private static Event event(String line) {
    List<byte[]> values = arguments(line);
    String kind = line.substring(0, line.indexOf(' '));
    return switch (kind) {
      case "binary" -> Event.binary(values.get(0));
      case "ping" -> Event.ping(values.get(0));
      case "pong" -> Event.pong(values.get(0));
      case "text" -> Event.text(utf8(values.get(0)));
      case "open" -> Event.open(utf8(values.get(0)), utf8(values.get(1)));
      case "close" -> Event.close(Integer.parseInt(utf8(values.get(0))), utf8(values.get(1)));
      default -> new Event(kind, utf8(values.get(0)));
    };
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
