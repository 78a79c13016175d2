package io.github.volfram.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A random conversation of one peer, and what an echo endpoint must make of it: messages in random
 * fragments, some of them compressed where that was agreed, control frames between them, then a
 * close frame or a violation, all in random segments. The same seed gives the same script.
 */
final class Script {

  private static final int[] CODES = {1000, 1001, 1003, 1005, 1007, 1011, 1014, 3000, 4999};

  private final Random random;
  private final RawPeer peer;
  private final boolean deflate;
  private final List<String> sent = new ArrayList<>();
  private final List<String> answers = new ArrayList<>();

  private Script(long seed, RawPeer peer) {
    this.random = new Random(seed);
    this.peer = peer;
    this.deflate = hasDeflate(seed);
  }

  /** Whether the script of a seed is for a connection that has agreed to compress. */
  static boolean hasDeflate(long seed) {
    return seed % 2 != 0;
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
    String event = text ? Events.text(payload) : Events.binary(payload);
    int fragments = 1 + random.nextInt(random.nextBoolean() ? 1 : 6);
    int at = 0;
    int rsv1 = 0;
    if (deflate && random.nextInt(3) > 0) {
      rsv1 = RawPeer.RSV1;
      payload = OwnCases.deflated(payload);
    }
    for (int i = 0; i < fragments; i++) {
      boolean last = i == fragments - 1;
      int to = last ? payload.length : at + random.nextInt(payload.length - at + 1);
      int first = rsv1 | (text ? Case.FIRST_TEXT : Case.FIRST_BINARY);
      int opcode = i > 0 ? Case.CONTINUATION : first;
      peer.frame(opcode | (last ? Case.FIN : 0), Arrays.copyOfRange(payload, at, to));
      at = to;
      if (!last) {
        control();
      }
    }
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
    switch (random.nextInt(deflate ? 11 : 8)) {
      case 0 -> fail(1002, Case.TEXT | 0x10, "RSV3");
      case 1 -> fail(1002, Case.FIN | 3, "opcode 3");
      case 2 -> fail(1002, Case.LAST, "continues nothing");
      case 3 -> {
        peer.frame(Case.TEXT, new byte[] {'a', (byte) 0xC0, (byte) 0xAF});
        fails(1007);
      }
      case 4 -> {
        peer.frame(Case.CLOSE, Case.closeBody(1005, ""));
        fails(1002);
      }
      case 8 -> fail(1002, Case.PING | RawPeer.RSV1, "RSV1 on a ping");
      case 9 -> {
        peer.frame(Case.BINARY | RawPeer.RSV1, new byte[] {-1, -1, -1, -1}); // no such block
        fails(1007);
      }
      case 10 -> {
        peer.frame(Case.TEXT | RawPeer.RSV1, OwnCases.deflated(new byte[] {'a', (byte) 0xFF}));
        fails(1007);
      }
      default -> {
        int code = CODES[random.nextInt(CODES.length)];
        String reason = code == 1005 ? "" : reason();
        peer.frame(Case.CLOSE, code == 1005 ? new byte[0] : Case.closeBody(code, reason));
        sent.add(Events.closed(code, reason));
        answers.add(Events.close(code));
        if (random.nextBoolean()) {
          peer.frame(Case.PING, new byte[0]); // to be ignored
        }
      }
    }
  }

  private void fail(int code, int b0, String payload) {
    peer.frame(b0, Case.utf8(payload));
    fails(code);
  }

  private void fails(int code) {
    sent.add(Events.failed(code));
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

  /** A reason of up to 123 bytes (RFC 6455 §5.5). */
  private String reason() {
    byte[] utf8 = text(random.nextInt(31)); // of up to four bytes for a character
    return utf8.length > 123 ? "" : new String(utf8, StandardCharsets.UTF_8);
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
