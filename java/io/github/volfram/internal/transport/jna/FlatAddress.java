package io.github.volfram.internal.transport.jna;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/** A socket address as it crosses to C and back: {@code struct vf_address}. */
final class FlatAddress {

  private static final int PORT = 4;
  private static final int SCOPE = 8;
  private static final int LENGTH = 12;
  private static final int BYTES = 16;
  private static final int SIZE = 128;

  private static final int UNIX = 1;
  private static final int IPV4 = 4;
  private static final int IPV6 = 6;

  /** The most bytes a path may have: sizeof sun_path, less the terminating zero. */
  private static final int MAX_PATH_BYTES = 107;

  private static final Charset PATH_CHARSET =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  private final ByteBuffer memory = ByteBuffer.allocateDirect(SIZE).order(ByteOrder.nativeOrder());
  private final long address = NativeLoader.addressOf(memory);

  long address() {
    return address;
  }

  /** Writes an address; unresolved and unknown ones are refused as NIO refuses them. */
  void write(SocketAddress from) throws IOException {
    if (from instanceof InetSocketAddress inet) {
      InetAddress host = inet.getAddress();
      if (host == null) {
        throw new UnresolvedAddressException();
      }
      int scope = host instanceof Inet6Address six ? six.getScopeId() : 0;
      write(host instanceof Inet4Address ? IPV4 : IPV6, inet.getPort(), scope, host.getAddress());
    } else if (from instanceof UnixDomainSocketAddress unix) {
      byte[] path = unix.getPath().toString().getBytes(PATH_CHARSET);
      if (path.length == 0 || path.length > MAX_PATH_BYTES) {
        throw new IOException(
            "Unix domain path of " + path.length + " bytes, expected 1.." + MAX_PATH_BYTES);
      }
      write(UNIX, 0, 0, path);
    } else {
      throw new UnsupportedAddressTypeException();
    }
  }

  /** Writes the IPv6 wildcard, which takes IPv4 connections as well. */
  void writeWildcard(int port) {
    write(IPV6, port, 0, new byte[16]);
  }

  private void write(int family, int port, int scope, byte[] bytes) {
    memory.putInt(0, family).putInt(PORT, port).putInt(SCOPE, scope).putInt(LENGTH, bytes.length);
    memory.put(BYTES, bytes);
  }

  /** Reads what C has written; null for what Java has no class for. */
  @Nullable SocketAddress read() {
    byte[] bytes = new byte[memory.getInt(LENGTH)];
    memory.get(BYTES, bytes);
    try {
      return switch (memory.getInt(0)) {
        case UNIX -> UnixDomainSocketAddress.of(new String(bytes, PATH_CHARSET));
        case IPV4 -> new InetSocketAddress(InetAddress.getByAddress(bytes), memory.getInt(PORT));
        case IPV6 -> new InetSocketAddress(readIpv6(bytes), memory.getInt(PORT));
        default -> null;
      };
    } catch (UnknownHostException e) {
      return null; // only for addresses of neither 4 nor 16 bytes
    }
  }

  /** An IPv4 address in IPv6 form becomes one again. */
  private InetAddress readIpv6(byte[] bytes) throws UnknownHostException {
    int scope = memory.getInt(SCOPE);
    return scope == 0
        ? InetAddress.getByAddress(bytes)
        : Inet6Address.getByAddress(null, bytes, scope);
  }
}
