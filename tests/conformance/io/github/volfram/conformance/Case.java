package io.github.volfram.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.volfram.internal.frame.Opcode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * One case of the suite as data: what a peer sends, what an echo endpoint must answer, and how the
 * connection must end. The same case is played against a server and against a client.
 */
final class Case {

  static final int FIN = RawPeer.FIN;
  static final int RSV1 = RawPeer.RSV1;
  static final int CONTINUATION = Opcode.CONTINUATION;
  static final int TEXT = FIN | Opcode.TEXT;
  static final int BINARY = FIN | Opcode.BINARY;
  static final int CLOSE = FIN | Opcode.CLOSE;
  static final int PING = FIN | Opcode.PING;
  static final int PONG = FIN | Opcode.PONG;
  static final int FIRST_TEXT = Opcode.TEXT;
  static final int FIRST_BINARY = Opcode.BINARY;
  static final int LAST = FIN | Opcode.CONTINUATION;

  /** How the connection ends. */
  private enum Ending {
    /** We close it with 1000, and the endpoint must answer. */
    CLOSED_BY_US,
    /** The case has a close frame itself. */
    CLOSED_BY_CASE,
    /** The endpoint must fail it. */
    FAILED
  }

  /** A thing that the peer does. */
  private interface Step {
    void take(RawPeer peer) throws IOException;
  }

  private final String id;
  private final String what;
  private final List<Step> steps = new ArrayList<>();
  private final List<String> expected = new ArrayList<>();
  private int segmentBytes;
  private Ending ending = Ending.CLOSED_BY_US;
  private int code = 1000;
  private boolean deflate;

  /** How many of the expected events have come, while the case is played. */
  private int received;

  private Case(String id, String what) {
    this.id = id;
    this.what = what;
  }

  /** A case with the number of Autobahn, or one of ours, and what the endpoint has to do. */
  static Case of(String id, String what) {
    return new Case(id, what);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  static byte[] closeBody(int code, String reason) {
    byte[] text = utf8(reason);
    return ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array();
  }

  Case frame(int b0, byte[] payload) {
    steps.add(peer -> peer.frame(b0, payload));
    return this;
  }

  Case frame(int b0, String payload) {
    return frame(b0, utf8(payload));
  }

  Case frame(int b0) {
    return frame(b0, new byte[0]);
  }

  /** A frame masked like the endpoint's own. */
  Case frameOfTheOtherSide(int b0, String payload) {
    steps.add(peer -> peer.frameOfTheOtherSide(b0, utf8(payload)));
    return this;
  }

  /** A header and nothing after it. */
  Case header(int b0, int length7, String extendedLength) {
    steps.add(peer -> peer.header(b0, length7, hex(extendedLength)));
    return this;
  }

  /** The first bytes of a frame; the rest is never sent. */
  Case beginning(int b0, byte[] payload, int payloadBytes) {
    steps.add(peer -> peer.beginning(b0, payload, payloadBytes));
    return this;
  }

  /** A message in fragments of so many bytes. */
  Case fragments(int opcode, byte[] payload, int fragmentBytes) {
    for (int at = 0; at < payload.length; at += fragmentBytes) {
      int end = Math.min(payload.length, at + fragmentBytes);
      frame(
          (at == 0 ? opcode : CONTINUATION) | (end == payload.length ? FIN : 0),
          Arrays.copyOfRange(payload, at, end));
    }
    return this;
  }

  /** What has been added so far is sent in segments of so many bytes, or per frame. */
  Case segments(int bytes) {
    segmentBytes = bytes;
    return this;
  }

  /** Sends what was added, and goes on when all that is expected so far has come. */
  Case await() {
    int upTo = expected.size();
    steps.add(peer -> receive(peer, upTo));
    return this;
  }

  Case text(String echo) {
    expected.add(Events.text(echo));
    return this;
  }

  Case text(byte[] echo) {
    expected.add(Events.text(echo));
    return this;
  }

  Case binary(byte[] echo) {
    expected.add(Events.binary(echo));
    return this;
  }

  Case pong(byte[] payload) {
    expected.add(Events.pong(payload));
    return this;
  }

  Case pong(String payload) {
    return pong(utf8(payload));
  }

  /** The endpoint answers the close frame among the frames with this code. */
  Case closes(int reply) {
    ending = Ending.CLOSED_BY_CASE;
    code = reply;
    return this;
  }

  /** The endpoint fails the connection with this code (RFC 6455 §7.1.7). */
  Case fails(int closeCode) {
    ending = Ending.FAILED;
    code = closeCode;
    return this;
  }

  /** The connection has permessage-deflate. */
  Case withDeflate() {
    deflate = true;
    return this;
  }

  boolean hasDeflate() {
    return deflate;
  }

  String id() {
    return id;
  }

  String what() {
    return what;
  }

  private void receive(RawPeer peer, int upTo) throws IOException {
    peer.flush(segmentBytes);
    while (received < upTo) {
      assertEquals(expected.get(received), peer.next(), "event " + received);
      received++;
    }
  }

  /** Plays the case on an open connection until both sides have closed it. */
  void play(RawPeer peer, Testee testee, boolean againstServer)
      throws IOException, InterruptedException {
    testee.assertOpened();
    received = 0;
    for (Step step : steps) {
      step.take(peer);
    }
    receive(peer, expected.size());
    if (ending == Ending.CLOSED_BY_US) {
      peer.frame(CLOSE, closeBody(code, "")).flush(0);
    }
    assertEquals(Events.close(code), peer.next());
    if (againstServer || ending == Ending.FAILED) { // §7.1.1: a server ends the TCP connection
      assertEquals("eof", peer.next());
    }
    peer.close();
    if (ending == Ending.FAILED) {
      testee.assertFailed(code);
    } else {
      testee.assertClosedCleanly(code);
    }
  }

  @Override
  public String toString() {
    return id + " " + what;
  }
}
