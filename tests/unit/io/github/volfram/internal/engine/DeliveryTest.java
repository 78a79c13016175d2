package io.github.volfram.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.internal.frame.Opcode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

final class DeliveryTest {

  private final Delivery delivery = new Delivery();
  private final ByteBuffer base = ByteBuffer.allocateDirect(1000);

  @Test
  void theViewIsReadOnlyAndShowsThePayload() {
    ByteBuffer view = delivery.begin(base, 10, 20, false, true);
    assertTrue(view.isReadOnly());
    assertEquals(10, view.position());
    assertEquals(20, view.remaining());
    view.position(15).limit(16).order(ByteOrder.LITTLE_ENDIAN);
    delivery.end();
    ByteBuffer again = delivery.begin(base, 0, 5, false, true);
    assertSame(view, again, "a message costs no new view");
    assertEquals(5, again.remaining());
    assertEquals(ByteOrder.BIG_ENDIAN, again.order());
  }

  @Test
  void inPlaceOnlyWhenItIsExactlyTheView() {
    ByteBuffer view = delivery.begin(base, 10, 20, true, true);
    assertNull(delivery.frameInPlace(view.duplicate(), Opcode.TEXT), "another view");
    view.position(11);
    assertNull(delivery.frameInPlace(view, Opcode.TEXT), "a part");
    assertFalse(delivery.isText(view), "a part may begin within a character");
    view.position(10).limit(29);
    assertNull(delivery.frameInPlace(view, Opcode.TEXT), "a part");
    view.limit(31);
    assertNull(delivery.frameInPlace(view, Opcode.TEXT), "more");
    assertFalse(delivery.isText(view));
    view.limit(30);
    assertTrue(delivery.isText(view));
    assertFalse(delivery.end(), "nothing was made in place");
    assertNull(delivery.frameInPlace(view, Opcode.TEXT), "after its callback");
    assertFalse(delivery.isText(view));
  }

  @Test
  void aSecondFrameInPlaceMustHaveTheSameHeader() {
    ByteBuffer view = delivery.begin(base, 10, 20, false, true);
    assertSame(base, delivery.frameInPlace(view, Opcode.BINARY));
    assertSame(base, delivery.frameInPlace(view, Opcode.BINARY));
    assertNull(delivery.frameInPlace(view, Opcode.TEXT));
    assertFalse(delivery.isText(view), "binary was not validated");
    assertTrue(delivery.end());
    view = delivery.begin(base, 40, 20, true, true);
    assertSame(base, delivery.frameInPlace(view, Opcode.TEXT));
  }

  @Test
  void manyBuffersHaveViewsOfTheirOwn() {
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 20; i++) {
        ByteBuffer other = ByteBuffer.allocateDirect(64).put(0, (byte) i);
        assertEquals(i, delivery.begin(other, 0, 1, false, true).get(0));
        delivery.end();
      }
    }
  }
}
