package io.github.volfram.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A random conversation of one peer, and what an echo endpoint must make of it: messages in random
 * fragments, control frames between them, then a close frame or a violation, all in random
 * segments. The same seed gives the same script.
 */
final class Script {

  private static final int[] CODES = {1000, 1001, 1003, 1007, 1011, 1014, 3000, 4999};

  private final Random random;
  private final RawPeer peer;
  private final List<String> sent = new ArrayList<>();
  private final List<String> answers = new ArrayList<>();

  private Script(long seed, RawPeer peer) {
    this.random = new Random(seed);
    this.peer = peer;
  }

  /** Plays the script of a seed and returns it; the connection must be a new one. */
  static Script play(long seed, RawPeer peer) throws IOException {
    Script script = new Script(seed, peer);
    int messages = script.random.nextInt(8);
    for (int i = 0; i < messages; i++) {
      script.message();
    }
    script.end();
    script.send();
    return script;
  }

  /** What an endpoint is told, in order. */
  List<String> sent() {
    return sent;
  }

  /** What it must send back, in order. */
  List<String> answers() {
    return answers;
  }

  private void message() {
    boolean text = random.nextBoolean();
    byte[] payload = text ? text(length()) : bytes(length());
    int fragments = 1 + random.nextInt(random.nextBoolean() ? 1 : 6);
    int at = 0;
    for (int i = 0; i < fragments; i++) {
      boolean last = i == fragments - 1;
      int to = last ? payload.length : at + random.nextInt(payload.length - at + 1);
      int opcode = i > 0 ? Case.CONTINUATION : text ? Case.FIRST_TEXT : Case.FIRST_BINARY;
      peer.frame(opcode | (last ? Case.FIN : 0), Arrays.copyOfRange(payload, at, to));
      at = to;
      if (!last) {
        control();
      }
    }
    String event = text ? Events.text(payload) : Events.binary(payload);
    sent.add(event);
    answers.add(event);
    control();
  }

  private int length() {
    int[] bounds = {3, 130, 130, 2000, 70_000};
    return random.nextInt(bounds[random.nextInt(bounds.length)]);
  }

  private void control() {
    byte[] payload = bytes(random.nextInt(126));
    switch (random.nextInt(4)) {
      case 0 -> {
        peer.frame(Case.PING, payload);
        sent.add(Events.ping(payload));
        answers.add(Events.pong(payload));
      }
      case 1 -> {
        peer.frame(Case.PONG, payload);
        sent.add(Events.pong(payload));
      }
      default -> {}
    }
  }

  private void end() {
    switch (random.nextInt(8)) {
      case 0 -> fail(1002, Case.TEXT | 0x10, "RSV3");
      case 1 -> fail(1002, Case.FIN | 3, "opcode 3");
      case 2 -> fail(1002, Case.LAST, "continues nothing");
      case 3 -> {
        peer.frame(Case.TEXT, new byte[] {'a', (byte) 0xC0, (byte) 0xAF});
        ends(1007);
      }
      case 4 -> {
        peer.frame(Case.CLOSE, Case.closeBody(1005, ""));
        ends(1002);
      }
      default -> {
        int code = CODES[random.nextInt(CODES.length)];
        peer.frame(Case.CLOSE, Case.closeBody(code, "r".repeat(random.nextInt(124))));
        ends(code);
        if (random.nextBoolean()) {
          peer.frame(Case.PING, new byte[0]); // to be ignored
        }
      }
    }
  }

  private void fail(int code, int b0, String payload) {
    peer.frame(b0, Case.utf8(payload));
    ends(code);
  }

  private void ends(int code) {
    sent.add(Events.close(code));
    answers.add(Events.close(code));
  }

  private void send() throws IOException {
    byte[] all = peer.unsentBytes();
    peer.clear();
    int most = 1 + random.nextInt(random.nextBoolean() ? 64 : 20_000);
    int least = all.length / 500; // so that no script has too many segments
    for (int at = 0; at < all.length; ) {
      int to = Math.min(all.length, at + least + 1 + random.nextInt(most));
      peer.write(Arrays.copyOfRange(all, at, to));
      at = to;
    }
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] text(int characters) {
    int[] bounds = {0x80, 0x800, 0xD800, 0x110000};
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < characters; i++) {
      int codePoint = random.nextInt(bounds[random.nextInt(bounds.length)]);
      boolean surrogate = codePoint >= 0xD800 && codePoint <= 0xDFFF;
      text.appendCodePoint(surrogate ? 'x' : codePoint);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
