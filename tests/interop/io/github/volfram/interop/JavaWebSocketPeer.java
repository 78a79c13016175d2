package io.github.volfram.interop;

import java.nio.ByteBuffer;
import org.java_websocket.WebSocket;
import org.java_websocket.enums.Opcode;
import org.java_websocket.framing.PingFrame;
import org.java_websocket.framing.PongFrame;

/** An end of a connection made of Java-WebSocket. */
class JavaWebSocketPeer implements Peer {

  private final EventLog log = new EventLog();
  private final WebSocket webSocket;

  JavaWebSocketPeer(WebSocket webSocket) {
    this.webSocket = webSocket;
  }

  @Override
  public EventLog log() {
    return log;
  }

  @Override
  public void sendText(String text) {
    webSocket.send(text);
  }

  @Override
  public void sendBinary(byte[] payload) {
    webSocket.send(payload);
  }

  @Override
  public void sendPing(byte[] payload) {
    PingFrame ping = new PingFrame();
    ping.setPayload(ByteBuffer.wrap(payload));
    webSocket.sendFrame(ping);
  }

  @Override
  public void sendPong(byte[] payload) {
    PongFrame pong = new PongFrame();
    pong.setPayload(ByteBuffer.wrap(payload));
    webSocket.sendFrame(pong);
  }

  @Override
  public void sendClose(int code, String reason) {
    webSocket.close(code, reason);
  }

  @Override
  public void sendTextFragments(String... parts) {
    for (int i = 0; i < parts.length; i++) {
      ByteBuffer part = ByteBuffer.wrap(Peer.utf8(parts[i]));
      webSocket.sendFragmentedFrame(Opcode.TEXT, part, i == parts.length - 1);
    }
  }

  @Override
  public void sendBinaryFragments(byte[]... parts) {
    for (int i = 0; i < parts.length; i++) {
      ByteBuffer part = ByteBuffer.wrap(parts[i]);
      webSocket.sendFragmentedFrame(Opcode.BINARY, part, i == parts.length - 1);
    }
  }

  @Override
  public void close() {
    webSocket.closeConnection(1006, "the test is over");
  }
}
