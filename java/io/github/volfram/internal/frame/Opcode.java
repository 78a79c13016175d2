package io.github.volfram.internal.frame;

/** The opcodes of RFC 6455 §5.2 and §11.8: the low four bits of a frame's first byte. */
public final class Opcode {

  /** A further fragment of the message that is open. */
  public static final int CONTINUATION = 0x0;

  /** The first or only frame of a text message. */
  public static final int TEXT = 0x1;

  /** The first or only frame of a binary message. */
  public static final int BINARY = 0x2;

  /** A close frame. */
  public static final int CLOSE = 0x8;

  /** A ping frame. */
  public static final int PING = 0x9;

  /** A pong frame. */
  public static final int PONG = 0xA;

  private static final int CONTROL_BIT = 0x8;

  /** Bit n is set where opcode n has a meaning. */
  private static final int DEFINED =
      1 << CONTINUATION | 1 << TEXT | 1 << BINARY | 1 << CLOSE | 1 << PING | 1 << PONG;

  private Opcode() {}

  /** Whether the opcode's range is that of control frames (§5.5), defined or not. */
  public static boolean isControl(int opcode) {
    return (opcode & CONTROL_BIT) != 0;
  }

  /** Whether the opcode has a meaning; 3 to 7 and B to F have none. */
  public static boolean isDefined(int opcode) {
    return (DEFINED >>> opcode & 1) != 0;
  }

  /** The name of an opcode, for messages. */
  public static String name(int opcode) {
    return switch (opcode) {
      case CONTINUATION -> "continuation";
      case TEXT -> "text";
      case BINARY -> "binary";
      case CLOSE -> "close";
      case PING -> "ping";
      case PONG -> "pong";
      default -> "opcode 0x" + Integer.toHexString(opcode);
    };
  }
}
