package io.github.volfram.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageAssemblerTest {

  private static final class Recorder implements MessageSink {
    final List<String> events = new ArrayList<>();

    private boolean add(String what, ByteBuffer buffer, int index, int length) {
      byte[] bytes = new byte[length];
      buffer.get(index, bytes);
      events.add(what + " " + new String(bytes, StandardCharsets.UTF_8));
      return true;
    }

    @Override
    public boolean message(int opcode, ByteBuffer buffer, int index, int length, boolean last) {
      return add("message " + opcode + " " + last, buffer, index, length);
    }

    @Override
    public boolean ping(ByteBuffer buffer, int index, int length) {
      return add("ping", buffer, index, length);
    }

    @Override
    public boolean pong(ByteBuffer buffer, int index, int length) {
      return add("pong", buffer, index, length);
    }

    @Override
    public boolean close(int code, String reason) {
      events.add("close " + code + " " + reason);
      return true;
    }
  }

  private static List<String> receive(Role role, String hex, int split) throws ProtocolViolation {
    byte[] wire = HexFormat.of().parseHex(hex);
    MessageAssembler assembler =
        new MessageAssembler(
            role,
            new FrameLimits(1 << 20, 1 << 20, 1000),
            JavaMasker.INSTANCE,
            new PayloadPool(1 << 20),
            true);
    Recorder recorder = new Recorder();
    int at = 0;
    while (at < wire.length) {
      int length = at < split ? split - at : wire.length - at;
      ByteBuffer in = ByteBuffer.allocateDirect(length + 32);
      in.put(16, wire, at, length);
      assembler.receive(in, 16, length, recorder);
      at += length;
    }
    assembler.release();
    return recorder.events;
  }

  /**
   * The unmasked examples of RFC 6455 §5.7: a text in two fragments with a ping between, a close.
   */
  @Test
  void anySplitGivesTheSameEvents_5_4() throws ProtocolViolation {
    String hex = "010348656c" + "890548656c6c6f" + "80026c6f" + "880203e8";
    List<String> expected = List.of("ping Hello", "message 1 true Hello", "close 1000 ");
    for (int split = 0; split <= hex.length() / 2; split++) {
      assertEquals(expected, receive(Role.CLIENT, hex, split), "split at " + split);
    }
  }

  @Test
  void aMaskedTextIsUnmaskedAtAnySplit_5_3() throws ProtocolViolation {
    String hex = "818537fa213d7f9f4d5158";
    for (int split = 0; split <= hex.length() / 2; split++) {
      assertEquals(List.of("message 1 true Hello"), receive(Role.SERVER, hex, split));
    }
  }

  @Test
  void aServerFailsAnUnmaskedFrame_5_1() {
    ProtocolViolation violation =
        assertThrows(ProtocolViolation.class, () -> receive(Role.SERVER, "810548656c6c6f", 0));
    assertEquals(1002, violation.closeCode());
  }

  @Test
  void textThatIsNotUtf8FailsBeforeTheFrameEnds_8_1() {
    ProtocolViolation violation =
        assertThrows(ProtocolViolation.class, () -> receive(Role.CLIENT, "810af4908080", 0));
    assertEquals(1007, violation.closeCode());
  }
}
