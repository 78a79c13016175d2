package io.github.volfram.internal.frame;

import static io.github.volfram.internal.frame.ProtocolViolation.protocolError;

import java.nio.ByteBuffer;

/**
 * Parses frames (RFC 6455 §5.2), resumable at any byte. Each byte of a header is judged as soon as
 * it is there; the order of fragments, limits and payloads are judged by the {@link FrameSink}.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-------+-+-------------+-------------------------------+
 *  |F|R|R|R| opcode|M| Payload len |    Extended payload length    |
 *  |I|S|S|S|  (4)  |A|     (7)     |             (16/64)           |
 *  |N|V|V|V|       |S|             |   (if payload len==126/127)   |
 *  | |1|2|3|       |K|             |                               |
 *  +-+-+-+-+-------+-+-------------+ - - - - - - - - - - - - - - - +
 *  |     Extended payload length continued, if payload len == 127  |
 *  + - - - - - - - - - - - - - - - +-------------------------------+
 *  |                               |Masking-key, if MASK set to 1  |
 *  +-------------------------------+-------------------------------+
 *  | Masking-key (continued)       |          Payload Data         |
 *  +-------------------------------- - - - - - - - - - - - - - - - +
 * </pre>
 *
 * <p>Used by one thread. Holds no buffer. After a {@link ProtocolViolation} it is of no further
 * use.
 */
public final class FrameDecoder {

  static final int B0_FLAG_FIN = 0x80;
  static final int B0_MASK_RSV = 0x70;
  static final int B0_SHIFT_RSV = 4;
  static final int B0_MASK_OPCODE = 0x0F;
  static final int B1_FLAG_MASK = 0x80;
  static final int B1_MASK_LENGTH = 0x7F;

  /** RSV1 in the three bits that {@link FrameSink#header} hands over. */
  static final int RSV1 = 0b100;

  static final int PAYLOAD_BYTE_MAX = 125;
  static final int PAYLOAD_SHORT = 126;
  static final int PAYLOAD_LONG = 127;
  static final int PAYLOAD_SHORT_MAX = 0xFFFF;

  /** The longest payload of a control frame (§5.5). */
  public static final int CONTROL_PAYLOAD_MAX = 125;

  private static final String BASE_FRAMING = "RFC 6455 §5.2";
  private static final String CONTROL_FRAMES = "RFC 6455 §5.5";

  /** What the next byte is. */
  private enum State {
    FIRST_BYTE,
    SECOND_BYTE,
    LENGTH_16,
    LENGTH_64,
    MASKING_KEY,
    PAYLOAD
  }

  private final boolean expectMasked;
  private final byte allowedRsv;

  private byte b0;

  /** How many bytes of the extended length or the key are still to come. */
  private byte missing;

  private State state = State.FIRST_BYTE;
  private int key;
  private long length;

  /** How many payload bytes of the frame have been handed over. */
  private long offset;

  /** Makes a decoder for one direction of one connection, without extensions. */
  public FrameDecoder(Role role) {
    this(role, 0);
  }

  /**
   * Makes a decoder for a connection with extensions.
   *
   * @param allowedRsv the reserved bits that have a meaning on the first frame of a message
   */
  FrameDecoder(Role role, int allowedRsv) {
    this.expectMasked = role == Role.SERVER;
    this.allowedRsv = (byte) allowedRsv;
  }

  /**
   * Parses as many bytes as there are, or until the sink returns false.
   *
   * @param in its position and limit are neither read nor changed
   * @return how many bytes were consumed: all, unless the sink returned false; the rest is then to
   *     be given to the next call
   */
  public int decode(ByteBuffer in, int index, int length, FrameSink sink) throws ProtocolViolation {
    int at = index;
    int end = index + length;
    int shortHeaderBytes = FrameEncoder.headerBytes(0, expectMasked);
    while (true) {
      if (state == State.FIRST_BYTE && holdsShortPayload(in, at, end - at - shortHeaderBytes)) {
        shortHeader(in, at, sink);
        at += shortHeaderBytes;
        int run = (int) this.length;
        if (!sink.payload(in, at, run, key, 0, true)) {
          return at - index + (int) offset; // unless some were put back, the run
        }
        at += run;
        continue;
      }
      switch (state) {
        case FIRST_BYTE -> {
          if (at == end) {
            return length;
          }
          b0 = in.get(at++);
          judgeFirstByte();
          state = State.SECOND_BYTE;
        }
        case SECOND_BYTE -> {
          if (at == end) {
            return length;
          }
          acceptSecondByte(in.get(at++), sink);
        }
        case LENGTH_16, LENGTH_64 -> {
          while (missing > 0) {
            if (at == end) {
              return length;
            }
            this.length = this.length << 8 | (in.get(at++) & 0xFF);
            missing--;
          }
          judgeExtendedLength();
          lengthComplete(sink);
        }
        case MASKING_KEY -> {
          if (missing == Integer.BYTES && end - at >= Integer.BYTES) {
            key = (int) WireOrder.INT.get(in, at);
            at += Integer.BYTES;
          } else {
            while (missing > 0) {
              if (at == end) {
                return length;
              }
              key = key << 8 | (in.get(at++) & 0xFF);
              missing--;
            }
          }
          headerComplete(sink);
        }
        case PAYLOAD -> {
          long remaining = this.length - offset;
          int run = (int) Math.min(remaining, end - at);
          if (run == 0 && remaining != 0) {
            return length;
          }
          boolean last = run == remaining;
          long before = offset;
          offset = before + run;
          if (last) {
            state = State.FIRST_BYTE;
          }
          boolean proceed = sink.payload(in, at, run, key, before, last);
          if (!proceed) {
            return at - index + (int) (offset - before); // unless some were put back, the run
          }
          at += run;
        }
      }
    }
  }

  /**
   * Lets the bytes at the end of the current run, masked as they came, be the next ones to decode.
   * To be called by a sink before its {@link FrameSink#payload} returns false.
   *
   * @param bytes more than 0, at most the run's length
   */
  void putBack(int bytes) {
    offset -= bytes;
    state = State.PAYLOAD;
  }

  /** Whether the next byte begins a frame. */
  boolean isBetweenFrames() {
    return state == State.FIRST_BYTE;
  }

  /** Whether this decodes what a peer of this role receives. */
  boolean serves(Role role) {
    return expectMasked == (role == Role.SERVER);
  }

  private int opcode() {
    return b0 & B0_MASK_OPCODE;
  }

  private int rsv() {
    return (b0 & B0_MASK_RSV) >> B0_SHIFT_RSV;
  }

  private boolean fin() {
    return (b0 & B0_FLAG_FIN) != 0;
  }

  private void judgeFirstByte() throws ProtocolViolation {
    int opcode = opcode();
    if (!Opcode.isDefined(opcode)) {
      throw protocolError(
          BASE_FRAMING, "expected opcode 0, 1, 2, 8, 9 or A, got 0x" + Integer.toHexString(opcode));
    }
    int rsv = rsv();
    if (rsv != 0) {
      // An extension gives a bit its meaning on the first frame of a data message only
      // (RFC 7692 §6.1): neither continuations nor control frames carry it.
      boolean first = opcode == Opcode.TEXT || opcode == Opcode.BINARY;
      int allowed = first ? allowedRsv : 0;
      if ((rsv & ~allowed) != 0) {
        throw protocolError(
            BASE_FRAMING,
            "expected no reserved bits but 0x"
                + Integer.toHexString(allowed)
                + " on a "
                + Opcode.name(opcode)
                + " frame, got 0x"
                + Integer.toHexString(rsv));
      }
    }
    if (Opcode.isControl(opcode) && !fin()) {
      throw protocolError(
          CONTROL_FRAMES, "expected an unfragmented " + Opcode.name(opcode) + " frame, got FIN=0");
    }
  }

  /**
   * Whether a frame begins there whose length is in its second byte, with no more of payload.
   *
   * @param bytes how many there are after such a frame's header, less than 0 where it is incomplete
   */
  private static boolean holdsShortPayload(ByteBuffer in, int at, int bytes) {
    return bytes >= 0 && (in.get(at + 1) & B1_MASK_LENGTH) <= Math.min(bytes, PAYLOAD_BYTE_MAX);
  }

  /** Parses the header of such a frame, as its bytes by themselves would be. */
  private void shortHeader(ByteBuffer in, int at, FrameSink sink) throws ProtocolViolation {
    b0 = in.get(at);
    judgeFirstByte();
    length = judgeSecondByte(in.get(at + 1));
    offset = length;
    key = expectMasked ? (int) WireOrder.INT.get(in, at + 2) : 0;
    sink.header(fin(), rsv(), opcode(), length, key);
  }

  /** Returns the seven bits of the length. */
  private int judgeSecondByte(byte b1) throws ProtocolViolation {
    boolean masked = (b1 & B1_FLAG_MASK) != 0;
    if (masked != expectMasked) {
      throw protocolError(
          "RFC 6455 §5.1",
          expectMasked
              ? "expected a masked frame from a client, got MASK=0"
              : "expected an unmasked frame from a server, got MASK=1");
    }
    int length7 = b1 & B1_MASK_LENGTH;
    if (length7 > CONTROL_PAYLOAD_MAX && Opcode.isControl(opcode())) {
      throw protocolError(
          CONTROL_FRAMES,
          "expected at most 125 bytes in a " + Opcode.name(opcode()) + " frame, got 126 or more");
    }
    return length7;
  }

  private void acceptSecondByte(byte b1, FrameSink sink) throws ProtocolViolation {
    int length7 = judgeSecondByte(b1);
    if (length7 <= PAYLOAD_BYTE_MAX) {
      length = length7;
      lengthComplete(sink);
    } else {
      boolean isShort = length7 == PAYLOAD_SHORT;
      length = 0;
      missing = (byte) (isShort ? Short.BYTES : Long.BYTES);
      state = isShort ? State.LENGTH_16 : State.LENGTH_64;
    }
  }

  private void judgeExtendedLength() throws ProtocolViolation {
    if (state == State.LENGTH_16) {
      if (length <= PAYLOAD_BYTE_MAX) {
        throw protocolError(
            BASE_FRAMING, "expected at least 126 as 16-bit payload length, got " + length);
      }
    } else if (length < 0) {
      throw protocolError(
          BASE_FRAMING,
          "expected a most significant bit of 0 in the 64-bit payload length, got 0x"
              + Long.toHexString(length));
    } else if (length <= PAYLOAD_SHORT_MAX) {
      throw protocolError(
          BASE_FRAMING, "expected at least 65536 as 64-bit payload length, got " + length);
    }
  }

  private void lengthComplete(FrameSink sink) throws ProtocolViolation {
    key = 0;
    if (expectMasked) {
      missing = Integer.BYTES;
      state = State.MASKING_KEY;
    } else {
      headerComplete(sink);
    }
  }

  private void headerComplete(FrameSink sink) throws ProtocolViolation {
    offset = 0;
    state = State.PAYLOAD;
    sink.header(fin(), rsv(), opcode(), length, key);
  }
}
