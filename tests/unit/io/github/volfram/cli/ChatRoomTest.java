package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.volfram.UpgradeRequest;
import io.github.volfram.WebSocket;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChatRoomTest {

  private final ChatRoom room = new ChatRoom();

  @Test
  void twoOfOneNameAreToldApart() {
    Member first = new Member("Ada");
    new Member("Ada");
    new Member("Ada-2");
    assertEquals(
        List.of("* Ada joined (1 here)", "* Ada-2 joined (2 here)", "* Ada-2-2 joined (3 here)"),
        first.heard);
  }

  @Test
  void aNameIsFreeAgainWhenItsOwnerLeft() {
    Member first = new Member("Ada");
    Member second = new Member("Grace");
    room.onClose(second.webSocket, 1000, "", null);
    new Member("Grace");
    assertEquals("* Grace left (1 here)", first.heard.get(2));
    assertEquals("* Grace joined (2 here)", first.heard.get(3));
  }

  @Test
  void aMemberThatReadsTooSlowlyMissesMessagesAndIsToldHowMany() {
    Member speaker = new Member("Ada");
    Member slow = new Member("Grace");
    slow.heard.clear();
    slow.buffered = ChatRoom.MAX_BACKLOG_BYTES + 1;
    speaker.says("one");
    speaker.says("two");
    assertEquals(List.of(), slow.heard);
    slow.buffered = 0;
    speaker.says("three");
    speaker.says("four");
    assertEquals(
        List.of("* you read too slowly and missed 2 messages", "Ada: three", "Ada: four"),
        slow.heard);
    assertEquals("Ada: one", speaker.heard.get(2));
  }

  @Test
  void whatIsTooLongOrBlankGoesToNobody() {
    Member speaker = new Member("Ada");
    Member other = new Member("Grace");
    other.heard.clear();
    speaker.says("x".repeat(ChatRoom.MAX_MESSAGE_BYTES + 1));
    speaker.says(" ");
    room.onBinary(speaker.webSocket, ByteBuffer.allocate(1));
    assertEquals(List.of(), other.heard);
    assertEquals("* not sent: the longest message is 4000 bytes", speaker.heard.get(2));
    assertEquals("* not sent: this chat is text only", speaker.heard.get(3));
    speaker.says("x".repeat(ChatRoom.MAX_MESSAGE_BYTES));
    assertEquals(1, other.heard.size());
  }

  @Test
  void aFullRoomLetsNobodyIn() {
    for (int i = 0; i < ChatRoom.MAX_MEMBERS; i++) {
      assertEquals(101, room.admit(request("a")).status());
      new Member("a" + i);
    }
    assertEquals(503, room.admit(request("a")).status());
  }

  private static UpgradeRequest request(String name) {
    return proxy(
        UpgradeRequest.class, (method, argument) -> method.equals("query") ? "name=" + name : null);
  }

  /** A member who has joined, and what the room has sent. */
  private final class Member {
    final List<String> heard = new ArrayList<>();
    final WebSocket webSocket;
    long buffered;

    Member(String name) {
      webSocket = proxy(WebSocket.class, (method, argument) -> call(name, method, argument));
      room.onOpen(webSocket);
    }

    private Object call(String name, String method, Object argument) {
      return switch (method) {
        case "request" -> ChatRoomTest.request(name);
        case "bufferedBytes" -> buffered;
        case "offerText" -> heard.add((String) argument);
        case "offerTextUtf8" ->
            heard.add(StandardCharsets.UTF_8.decode(((ByteBuffer) argument).slice()).toString());
        default -> throw new AssertionError(method);
      };
    }

    void says(String text) {
      room.onTextUtf8(webSocket, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private interface Behaviour {
    Object call(String method, Object argument);
  }

  private static <T> T proxy(Class<T> type, Behaviour behaviour) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "hashCode" -> System.identityHashCode(self);
                  case "equals" -> self == arguments[0];
                  default ->
                      behaviour.call(method.getName(), arguments == null ? null : arguments[0]);
                }));
  }
}
