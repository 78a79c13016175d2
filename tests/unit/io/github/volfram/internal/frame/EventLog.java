package io.github.volfram.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Records what a sink is told, as lines; the chunks of a message become one line. */
class EventLog implements MessageSink {

  private final ArrayDeque<String> events = new ArrayDeque<>();
  private final ByteArrayOutputStream open = new ByteArrayOutputStream();
  int chunks;
  int openOpcode = -1;

  /** What every method returns. */
  boolean proceed = true;

  @Override
  public boolean message(int opcode, ByteBuffer buffer, int index, int length, boolean last) {
    if (openOpcode >= 0) {
      assertEquals(openOpcode, opcode, "the opcode of a further chunk");
    }
    openOpcode = opcode;
    chunks++;
    open.writeBytes(copy(buffer, index, length));
    if (last) {
      events.add(Opcode.name(opcode) + " " + hex(open.toByteArray()));
      open.reset();
      openOpcode = -1;
    }
    return proceed;
  }

  @Override
  public boolean ping(ByteBuffer buffer, int index, int length) {
    events.add("ping " + hex(copy(buffer, index, length)));
    return proceed;
  }

  @Override
  public boolean pong(ByteBuffer buffer, int index, int length) {
    events.add("pong " + hex(copy(buffer, index, length)));
    return proceed;
  }

  @Override
  public boolean close(int code, String reason) {
    events.add("close " + code + " '" + reason + "'");
    return proceed;
  }

  void add(String event) {
    events.add(event);
  }

  /** The bytes of a message whose last chunk has not come. */
  byte[] openBytes() {
    return open.toByteArray();
  }

  EventLog expect(String event) {
    assertEquals(event, events.poll());
    return this;
  }

  /** Takes the first event. */
  String poll() {
    return events.remove();
  }

  void assertExhausted() {
    assertEquals(List.of(), all());
  }

  List<String> all() {
    return new ArrayList<>(events);
  }

  int size() {
    return events.size();
  }

  private static byte[] copy(ByteBuffer buffer, int index, int length) {
    byte[] bytes = new byte[length];
    buffer.get(index, bytes);
    return bytes;
  }

  private static String hex(byte[] bytes) {
    return bytes.length <= 64
        ? HexFormat.of().formatHex(bytes)
        : bytes.length + " bytes, hash " + java.util.Arrays.hashCode(bytes);
  }
}
