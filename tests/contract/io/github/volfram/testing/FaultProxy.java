package io.github.volfram.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP proxy on the loopback interface that mistreats what passes through it. The faults are those
 * that were set when a connection came in; it has a thread per direction and blocks, so it is no
 * place to measure speed.
 */
public final class FaultProxy implements AutoCloseable {

  private final SocketAddress target;
  private final ServerSocket listener;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile Faults towardsTarget = Faults.NONE;
  private volatile Faults towardsClient = Faults.NONE;

  /** Begins to pass connections on to this address. */
  public FaultProxy(SocketAddress target) throws IOException {
    this.target = target;
    listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    start("fault-proxy-accept", this::accept);
  }

  /** What to connect to instead of the target. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** What later connections suffer on the way from the client to the target. */
  public FaultProxy towardsTarget(Faults faults) {
    towardsTarget = faults;
    return this;
  }

  /** What later connections suffer on the way from the target to the client. */
  public FaultProxy towardsClient(Faults faults) {
    towardsClient = faults;
    return this;
  }

  /** How many connections have come in so far. */
  public int accepted() {
    return accepted.get();
  }

  /** Resets both ends of every connection there is now. */
  public void resetAll() {
    links.forEach(Link::reset);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    resetAll();
  }

  private void accept() {
    while (true) {
      Socket client;
      try {
        client = listener.accept();
      } catch (IOException closed) {
        return;
      }
      accepted.incrementAndGet();
      try {
        new Link(client, new Socket()).start();
      } catch (IOException noTarget) {
        reset(client);
      }
    }
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException ignored) {
      // Closed already.
    }
    try {
      socket.close();
    } catch (IOException ignored) {
      // Nobody is left to hear of it.
    }
  }

  /** One connection: the client's socket and ours to the target. */
  private final class Link {
    private final Socket client;
    private final Socket server;
    private final AtomicInteger running = new AtomicInteger(2);

    Link(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void start() throws IOException {
      server.connect(target);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      links.add(this);
      Faults there = towardsTarget;
      Faults back = towardsClient;
      FaultProxy.start("fault-proxy-to-target", () -> run(client, server, there));
      FaultProxy.start("fault-proxy-to-client", () -> run(server, client, back));
      if (listener.isClosed()) {
        reset();
      }
    }

    void reset() {
      FaultProxy.reset(client);
      FaultProxy.reset(server);
      links.remove(this);
    }

    private void run(Socket from, Socket to, Faults faults) {
      try {
        pass(from, to, faults);
        if (running.decrementAndGet() == 0) {
          client.close();
          server.close();
          links.remove(this);
        }
      } catch (IOException broken) {
        // One end has broken off: so does the other.
        reset();
      }
    }

    private void pass(Socket from, Socket to, Faults faults) throws IOException {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[64 * 1024];
      long left = faults.endAfterBytes();
      while (left > 0) {
        int read = in.read(bytes, 0, (int) Math.min(bytes.length, left));
        if (read < 0) {
          to.shutdownOutput();
          return;
        }
        write(out, bytes, read, faults);
        left -= read;
      }
      switch (faults.ending()) {
        case FIN -> {
          to.shutdownOutput();
          swallow(in, bytes);
        }
        case RST -> reset();
        case BLACK_HOLE -> {
          swallow(in, bytes);
          untilClosed();
        }
        case STALL -> untilClosed();
      }
    }

    private void write(OutputStream out, byte[] bytes, int length, Faults faults)
        throws IOException {
      for (int at = 0; at < length; ) {
        int some = Math.min(faults.segmentBytes(), length - at);
        pause(faults.delay().toNanos());
        out.write(bytes, at, some);
        at += some;
        if (faults.bytesPerSecond() > 0) {
          pause(some * 1_000_000_000L / faults.bytesPerSecond());
        }
      }
    }

    private void pause(long nanos) throws IOException {
      long start = System.nanoTime();
      for (long left = nanos; left > 0; left = nanos - (System.nanoTime() - start)) {
        if (client.isClosed()) {
          throw new IOException("reset meanwhile");
        }
        LockSupport.parkNanos(Math.min(left, 50_000_000));
      }
    }

    private void swallow(InputStream in, byte[] bytes) throws IOException {
      while (in.read(bytes) >= 0) {
        // Thrown away.
      }
    }

    /** Keeps both ends open until the proxy is closed or the other direction breaks. */
    private void untilClosed() throws IOException {
      pause(Long.MAX_VALUE);
    }
  }
}
