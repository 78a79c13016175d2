package io.github.volfram.interop;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.java_websocket.WebSocket;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.ServerHandshake;
import org.java_websocket.protocols.IProtocol;
import org.java_websocket.protocols.Protocol;

/** A client made of Java-WebSocket. */
final class JavaWebSocketClient extends WebSocketClient {

  private static final Pattern REFUSED = Pattern.compile("Invalid status code received: (\\d+)");

  private final JavaWebSocketPeer peer = new JavaWebSocketPeer(this);
  private final String probe;

  private JavaWebSocketClient(URI uri, Draft_6455 draft, Map<String, String> headers) {
    super(uri, draft, headers);
    probe = headers.getOrDefault("x-probe", "");
    setConnectionLostTimeout(0);
    setTcpNoDelay(true);
  }

  static Peer connect(URI uri, Map<String, String> headers, List<String> subprotocols)
      throws Exception {
    List<IProtocol> offered =
        subprotocols.isEmpty()
            ? List.of(new Protocol(""))
            : subprotocols.stream().<IProtocol>map(Protocol::new).toList();
    JavaWebSocketClient client =
        new JavaWebSocketClient(uri, new Draft_6455(List.of(), offered), headers);
    if (client.connectBlocking(EventLog.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      return client.peer;
    }
    Event event = client.peer.log().next();
    Matcher status = REFUSED.matcher(event.content());
    if (status.find()) {
      throw new RefusedException(Integer.parseInt(status.group(1)));
    }
    throw new AssertionError("could not connect: " + event);
  }

  /**
   * Its reading thread ends when this is true, and closes the socket before the writing thread may
   * have written the close frame. Without an end to reading it waits for the server's.
   */
  @Override
  public boolean isClosing() {
    return false;
  }

  @Override
  public void onOpen(ServerHandshake handshake) {
    IProtocol agreed = getProtocol();
    String subprotocol = agreed == null ? "" : agreed.getProvidedProtocol();
    peer.log().add(Event.open(subprotocol, probe));
  }

  @Override
  public void onMessage(String text) {
    peer.log().add(Event.text(text));
  }

  @Override
  public void onMessage(ByteBuffer payload) {
    peer.log().add(Event.binary(Event.bytes(payload)));
  }

  @Override
  public void onWebsocketPing(WebSocket from, Framedata ping) {
    peer.log().add(Event.ping(Event.bytes(ping.getPayloadData())));
    super.onWebsocketPing(from, ping);
  }

  @Override
  public void onWebsocketPong(WebSocket from, Framedata pong) {
    peer.log().add(Event.pong(Event.bytes(pong.getPayloadData())));
  }

  @Override
  public void onClose(int code, String reason, boolean remote) {
    peer.log().add(Event.close(code, reason));
  }

  @Override
  public void onError(Exception error) {
    peer.log().add(Event.error(String.valueOf(error)));
  }
}
