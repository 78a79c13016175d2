package io.github.volfram.cli;

import io.github.volfram.UpgradeRequest;
import io.github.volfram.UpgradeResponse;
import io.github.volfram.WebSocket;
import io.github.volfram.WebSocketListener;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A chat of plain text lines: {@code name: what they said}, and {@code * } before what the room
 * itself says. {@code ?name=} asks for a name.
 *
 * <p>Everything is bounded: the members, the length of a message, and what is buffered for a
 * member. One who reads too slowly misses messages, is told how many, and holds up nobody.
 *
 * <p>Any thread; the lock gives all members the same order, and nothing that is done under it
 * blocks.
 */
final class ChatRoom implements WebSocketListener {

  static final int MAX_MEMBERS = 200;
  static final int MAX_MESSAGE_BYTES = 4000;

  /** Above how many buffered bytes a member misses messages. */
  static final int MAX_BACKLOG_BYTES = 256 << 10;

  private static final class Member {
    final String name;
    int missed;

    Member(String name) {
      this.name = name;
    }
  }

  private final Map<WebSocket, Member> members = new HashMap<>();
  private final Set<String> names = new HashSet<>();
  private int joined;

  /** Lets a client in while there is room. */
  synchronized UpgradeResponse admit(UpgradeRequest request) {
    if (members.size() >= MAX_MEMBERS) {
      return UpgradeResponse.reject(503, "the room is full\n");
    }
    return UpgradeResponse.accept(this);
  }

  @Override
  public synchronized void onOpen(WebSocket webSocket) {
    joined++;
    String wanted = ChatName.of(webSocket.request().query(), "guest" + joined);
    String name = wanted;
    for (int number = 2; !names.add(name); number++) {
      name = wanted + "-" + number;
    }
    members.put(webSocket, new Member(name));
    say(name + " joined (" + members.size() + " here)");
  }

  @Override
  public void onTextUtf8(WebSocket webSocket, ByteBuffer utf8) {
    if (utf8.remaining() > MAX_MESSAGE_BYTES) {
      webSocket.offerText("* not sent: the longest message is " + MAX_MESSAGE_BYTES + " bytes");
      return;
    }
    onText(webSocket, StandardCharsets.UTF_8.decode(utf8).toString());
  }

  @Override
  public synchronized void onText(WebSocket webSocket, String text) {
    Member member = members.get(webSocket);
    if (member != null && !text.isBlank()) {
      broadcast(member.name + ": " + text);
    }
  }

  @Override
  public void onBinary(WebSocket webSocket, ByteBuffer payload) {
    webSocket.offerText("* not sent: this chat is text only");
  }

  @Override
  public synchronized void onClose(
      WebSocket webSocket, int code, String reason, @Nullable Throwable cause) {
    Member member = members.remove(webSocket);
    if (member != null) {
      names.remove(member.name);
      say(member.name + " left (" + members.size() + " here)");
    }
  }

  private void say(String text) {
    broadcast("* " + text);
  }

  private void broadcast(String line) {
    ByteBuffer utf8 = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    members.forEach((webSocket, member) -> deliver(webSocket, member, utf8));
  }

  private static void deliver(WebSocket webSocket, Member member, ByteBuffer utf8) {
    if (webSocket.bufferedBytes() > MAX_BACKLOG_BYTES) {
      member.missed++;
      return;
    }
    if (member.missed > 0) {
      webSocket.offerText("* you read too slowly and missed " + member.missed + " messages");
      member.missed = 0;
    }
    webSocket.offerTextUtf8(utf8);
  }
}
