package io.github.volfram.interop;

import io.github.volfram.WebSocket;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What must happen when the peer sends a message in fragments, for a peer that can. */
interface FragmentsContract {

  WebSocket open() throws Exception;

  Peer peer();

  RecordingListener listener();

  @Test
  default void fragmentsOfTextArriveAsOneMessage_5_4() throws Exception {
    open();
    peer().sendTextFragments("one", "", " zwei ü", " три", "", " \ud83d\ude00");
    listener().log.expect(Event.text("one zwei ü три \ud83d\ude00"));
    peer().sendTextFragments("", "");
    listener().log.expect(Event.text(""));
  }

  @Test
  default void fragmentsOfBinaryArriveAsOneMessage_5_4() throws Exception {
    open();
    byte[] whole = InteropContract.randomBytes(200_000);
    byte[] first = Arrays.copyOfRange(whole, 0, 1);
    byte[] second = Arrays.copyOfRange(whole, 1, 70_001);
    byte[] third = Arrays.copyOfRange(whole, 70_001, whole.length);
    peer().sendBinaryFragments(first, second, third);
    listener().log.expect(Event.binary(whole));
    peer().sendText("and the next");
    listener().log.expect(Event.text("and the next"));
  }
}
