package io.github.volfram.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameEncoderTest {

  @ParameterizedTest
  @CsvSource({
    "0,                   8200",
    "1,                   8201",
    "125,                 827d",
    "126,                 827e007e",
    "127,                 827e007f",
    "65535,               827effff",
    "65536,               827f0000000000010000",
    "2147483647,          827f000000007fffffff",
    "2147483648,          827f0000000080000000",
    "9223372036854775807, 827f7fffffffffffffff",
  })
  void theShortestFormIsWritten_5_2(long length, String expected) {
    ByteBuffer dst = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN).position(5);
    int n = FrameEncoder.putHeader(dst, 3, true, 0, Opcode.BINARY, length);
    assertEquals(expected, HexFormat.of().formatHex(dst.array(), 3, 3 + n));
    assertEquals(n, FrameEncoder.headerBytes(length, false));
    assertEquals(5, dst.position());

    int m = FrameEncoder.putMaskedHeader(dst, 3, true, 0, Opcode.BINARY, length, 0x01020304);
    String masked = HexFormat.of().formatHex(dst.array(), 3, 3 + m);
    int b1 = Integer.parseInt(expected.substring(2, 4), 16) | 0x80;
    assertEquals("82" + Integer.toHexString(b1) + expected.substring(4) + "01020304", masked);
    assertEquals(m, FrameEncoder.headerBytes(length, true));
  }

  @Test
  void theFirstByteCarriesFinReservedBitsAndOpcode_5_2() {
    ByteBuffer dst = ByteBuffer.allocateDirect(14);
    FrameEncoder.putHeader(dst, 0, true, 4, Opcode.TEXT, 0);
    assertEquals((byte) 0xC1, dst.get(0));
    FrameEncoder.putHeader(dst, 0, false, 0, Opcode.CONTINUATION, 0);
    assertEquals((byte) 0x00, dst.get(0));
    FrameEncoder.putHeader(dst, 0, false, 7, 0xF, 0);
    assertEquals((byte) 0x7F, dst.get(0));
  }

  @Test
  void theLongestHeaderFitsExactly() {
    ByteBuffer dst = ByteBuffer.allocate(FrameEncoder.MAX_HEADER_BYTES);
    assertEquals(
        FrameEncoder.MAX_HEADER_BYTES,
        FrameEncoder.putMaskedHeader(dst, 0, true, 0, Opcode.BINARY, 1L << 40, -1));
  }
}
