package io.github.volfram.internal.transport;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Real sockets on the loopback interface. */
public final class LoopbackNetwork implements Network {

  private final Supplier<? extends Transport> transports;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final ExecutorService other =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "other"));

  /** Uses the given constructor of transports. */
  public LoopbackNetwork(Supplier<? extends Transport> transports) {
    this.transports = transports;
    // Its thread and what it loads are there before descriptors are counted.
    other.execute(() -> {});
  }

  @Override
  public Transport open() {
    return closeLater(transports.get());
  }

  private <T extends AutoCloseable> T closeLater(T resource) {
    open.push(resource);
    return resource;
  }

  @Override
  public SocketAddress anyAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  @Override
  public SocketAddress refusingAddress() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalSocketAddress();
    }
  }

  @Override
  public Peer connect(SocketAddress listening) throws IOException {
    return closeLater(new LoopbackPeer(SocketChannel.open(listening)));
  }

  @Override
  public PeerListener listen() throws IOException {
    ServerSocketChannel channel = closeLater(ServerSocketChannel.open());
    channel.bind(anyAddress());
    channel.configureBlocking(false);
    SocketAddress address = channel.getLocalAddress();
    return new PeerListener() {
      @Override
      public SocketAddress address() {
        return address;
      }

      @Override
      public Peer accept() throws IOException {
        SocketChannel accepted = channel.accept();
        return accepted == null ? null : closeLater(new LoopbackPeer(accepted));
      }
    };
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void later(Runnable action) {
    other.execute(action);
  }

  @Override
  public long openDescriptors() {
    File[] descriptors = new File("/proc/self/fd").listFiles();
    if (descriptors == null) {
      return -1;
    }
    return Stream.of(descriptors).filter(LoopbackNetwork::isSocket).count();
  }

  /** Other descriptors come and go with what the JVM does besides. */
  private static boolean isSocket(File descriptor) {
    try {
      return Files.readSymbolicLink(descriptor.toPath()).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // closed since it was listed
    }
  }

  @Override
  public void close() throws IOException {
    other.shutdownNow();
    for (AutoCloseable resource : open) {
      try {
        resource.close();
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
    }
  }

  private record LoopbackPeer(SocketChannel channel) implements Peer {

    LoopbackPeer {
      try {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public SocketAddress localAddress() throws IOException {
      return channel.getLocalAddress();
    }

    @Override
    public SocketAddress remoteAddress() throws IOException {
      return channel.getRemoteAddress();
    }

    @Override
    public int write(byte[] bytes, int offset, int length) throws IOException {
      return channel.write(ByteBuffer.wrap(bytes, offset, length));
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return channel.read(ByteBuffer.wrap(bytes, offset, length));
    }

    @Override
    public void shutdownOutput() throws IOException {
      channel.shutdownOutput();
    }

    @Override
    public void reset() throws IOException {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      channel.close();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
