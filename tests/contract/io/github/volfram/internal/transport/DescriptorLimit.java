package io.github.volfram.internal.transport;

import io.github.volfram.internal.transport.jna.JnaTransport;
import io.github.volfram.internal.transport.jna.NativePoller;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs in a process of its own with a low descriptor limit: uses them up, lets a connection come
 * in, and prints what the transport (the class and the poller that the arguments name) makes of it.
 */
final class DescriptorLimit {

  private static final long LISTENER = Tokens.of(0, 1);

  private DescriptorLimit() {}

  public static void main(String[] arguments) throws Exception {
    Recorder sink = new Recorder();
    try (Transport transport =
        arguments.length > 1
            ? new JnaTransport(NativePoller.valueOf(arguments[1]))
            : (Transport) Class.forName(arguments[0]).getDeclaredConstructor().newInstance()) {
      SocketAddress address =
          transport.listen(
              LISTENER, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
      // Loads every class there is need of, while that can still be done.
      SocketChannel first = SocketChannel.open(address);
      transport.turn(-1, sink);
      sink.accepted.remove().discard();
      first.close();

      SocketChannel late = SocketChannel.open();
      List<FileInputStream> files = useUpDescriptors();
      late.connect(address);
      transport.turn(-1, sink);
      System.out.println("failed with " + sink.acceptErrors + ", accepted " + sink.accepted.size());

      transport.pauseAccepting(LISTENER, true);
      long start = System.nanoTime();
      int completions = transport.turn(50_000_000, sink);
      boolean slept = System.nanoTime() - start >= 50_000_000;
      System.out.println("paused: " + completions + ", slept " + slept);

      for (FileInputStream file : files) {
        file.close();
      }
      transport.pauseAccepting(LISTENER, false);
      transport.turn(-1, sink);
      System.out.println("resumed: accepted " + sink.accepted.size());
      late.close();
    }
  }

  private static List<FileInputStream> useUpDescriptors() {
    List<FileInputStream> files = new ArrayList<>();
    try {
      while (true) {
        files.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException usedUp) {
      return files;
    }
  }
}
