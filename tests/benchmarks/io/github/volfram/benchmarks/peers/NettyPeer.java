package io.github.volfram.benchmarks.peers;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SelectStrategy;
import io.netty.channel.SelectStrategyFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.ChannelMatchers;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUringAdaptiveBufferRingAllocator;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.handler.codec.compression.ZlibCodecFactory;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtensionHandler;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateServerExtensionHandshaker;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;

/**
 * Netty 4.2 on each of its transports: one event loop for everything, one flush for all that a read
 * brought, frames written back without a copy. With io_uring it receives multishot into a buffer
 * ring.
 */
final class NettyPeer {

  private static final short BUFFER_GROUP = 1;

  private NettyPeer() {}

  static void epoll(int port, Mode mode) throws Exception {
    start(port, mode, EpollIoHandler.newFactory(), EpollServerSocketChannel.class, false);
  }

  /** Never sleeps: for the scenarios in which latency is bought with a core. */
  static void epollSpinning(int port, Mode mode) throws Exception {
    SelectStrategyFactory busy = () -> (selectNow, hasTasks) -> SelectStrategy.BUSY_WAIT;
    start(port, mode, EpollIoHandler.newFactory(0, busy), EpollServerSocketChannel.class, false);
  }

  static void nio(int port, Mode mode) throws Exception {
    start(port, mode, NioIoHandler.newFactory(), NioServerSocketChannel.class, false);
  }

  static void uring(int port, Mode mode) throws Exception {
    IoUringIoHandlerConfig config =
        new IoUringIoHandlerConfig()
            .setBufferRingConfig(
                IoUringBufferRingConfig.builder()
                    .bufferGroupId(BUFFER_GROUP)
                    .bufferRingSize((short) 1024)
                    .batchSize(512)
                    .allocator(new IoUringAdaptiveBufferRingAllocator())
                    .build());
    start(port, mode, IoUringIoHandler.newFactory(config), IoUringServerSocketChannel.class, true);
  }

  private static void start(
      int port,
      Mode mode,
      IoHandlerFactory factory,
      Class<? extends ServerChannel> channelType,
      boolean bufferRing)
      throws Exception {
    SslContext tls =
        mode == Mode.WSS
            ? SslContextBuilder.forServer(TlsKey.managers()).sslProvider(SslProvider.JDK).build()
            : null;
    ChannelGroup all = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(new MultiThreadIoEventLoopGroup(1, factory))
            .channel(channelType)
            .option(ChannelOption.SO_BACKLOG, PeerServer.BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    if (tls != null) {
                      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                    }
                    prepare(
                        channel,
                        mode == Mode.DEFLATE,
                        mode == Mode.FANOUT ? new FanOut(all) : new Echo());
                  }
                });
    if (bufferRing) {
      bootstrap.childOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, BUFFER_GROUP);
    }
    bootstrap.bind(InetAddress.getLoopbackAddress(), port).sync();
  }

  private static void prepare(SocketChannel channel, boolean deflate, ChannelHandler handler) {
    WebSocketServerProtocolConfig config =
        WebSocketServerProtocolConfig.newBuilder()
            .websocketPath("/")
            .maxFramePayloadLength(PeerServer.MAX_MESSAGE_BYTES)
            .allowExtensions(deflate)
            .build();
    ChannelPipeline pipeline =
        channel.pipeline().addLast(new HttpServerCodec(), new HttpObjectAggregator(16 * 1024));
    if (deflate) {
      pipeline.addLast(new WebSocketServerExtensionHandler(deflater()));
    }
    pipeline.addLast(new WebSocketServerProtocolHandler(config), handler);
  }

  /** As in WebSocketServerCompressionHandler, but willing to do without context takeover. */
  private static PerMessageDeflateServerExtensionHandshaker deflater() {
    return new PerMessageDeflateServerExtensionHandshaker(
        6,
        ZlibCodecFactory.isSupportingWindowSizeAndMemLevel(),
        PerMessageDeflateServerExtensionHandshaker.MAX_WINDOW_SIZE,
        true,
        true,
        PeerServer.MAX_MESSAGE_BYTES);
  }

  private static final class FanOut extends ChannelInboundHandlerAdapter {
    private final ChannelGroup all;

    private FanOut(ChannelGroup all) {
      this.all = all;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      all.add(context.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
      all.writeAndFlush(frame, ChannelMatchers.isNot(context.channel()), true);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  private static final class Echo extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
      context.write(frame, context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      context.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
