package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.ClientOptions;
import io.github.volfram.ServerOptions;
import io.github.volfram.internal.frame.CountingSink;
import io.github.volfram.internal.frame.JavaMasker;
import io.github.volfram.internal.frame.MessageAssembler;
import io.github.volfram.internal.frame.PayloadPool;
import io.github.volfram.internal.frame.Role;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class AssemblersTest {

  private static final ConnectionSettings SERVER =
      new ConnectionSettings(Role.SERVER, ServerOptions.builder().build());
  private static final ConnectionSettings CLIENT =
      new ConnectionSettings(Role.CLIENT, ClientOptions.builder().build());

  /** A text message in two fragments of one byte each, and a ping of two bytes between them. */
  private static final byte[] FRAMES = {
    0x01,
    (byte) 0x81,
    0,
    0,
    0,
    0,
    'a',
    (byte) 0x89,
    (byte) 0x82,
    0,
    0,
    0,
    0,
    'p',
    'q',
    (byte) 0x80,
    (byte) 0x81,
    0,
    0,
    0,
    0,
    'b'
  };

  private final Assemblers assemblers =
      new Assemblers(JavaMasker.INSTANCE, new PayloadPool(1 << 20));

  @Test
  void onlyBetweenTwoMessagesNothingIsToBeRemembered() throws Exception {
    MessageAssembler assembler = assemblers.take(SERVER, true);
    ByteBuffer in = ByteBuffer.allocateDirect(FRAMES.length).put(0, FRAMES);
    CountingSink sink = new CountingSink();
    assertTrue(assembler.isBetweenMessages());
    for (int i = 0; i < FRAMES.length; i++) {
      assembler.receive(in, i, 1, sink);
      assertEquals(i == FRAMES.length - 1, assembler.isBetweenMessages(), "after byte " + i);
    }
    assertEquals(1, sink.messages);
  }

  @Test
  void whatIsGivenBackServesTheNextConnectionOfItsKind() {
    MessageAssembler first = assemblers.take(SERVER, true);
    assertNotSame(first, assemblers.take(SERVER, true));
    assemblers.giveBack(first);
    assertSame(first, assemblers.take(SERVER, true));
  }

  @Test
  void connectionsOfAnotherKindGetAnother() {
    MessageAssembler whole = assemblers.take(SERVER, true);
    assemblers.giveBack(whole);
    assertNotSame(whole, assemblers.take(SERVER, false));
    assemblers.giveBack(whole);
    assertNotSame(whole, assemblers.take(CLIENT, true));
  }

  @Test
  void oneThatWasReleasedIsNotBetweenMessages() {
    MessageAssembler assembler = assemblers.take(SERVER, true);
    assembler.release();
    assertFalse(assembler.isBetweenMessages());
  }
}
