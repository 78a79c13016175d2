package io.github.volfram.benchmarks.clients;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import java.net.URI;
import java.util.concurrent.CompletableFuture;

/** Netty 4.2 with one event loop. */
final class NettyClient implements Client {

  private final Bootstrap bootstrap;

  private NettyClient(IoHandlerFactory factory, Class<? extends Channel> channelType) {
    bootstrap =
        new Bootstrap()
            .group(new MultiThreadIoEventLoopGroup(1, factory))
            .channel(channelType)
            .option(ChannelOption.TCP_NODELAY, true);
  }

  static NettyClient epoll() {
    return new NettyClient(EpollIoHandler.newFactory(), EpollSocketChannel.class);
  }

  static NettyClient nio() {
    return new NettyClient(NioIoHandler.newFactory(), NioSocketChannel.class);
  }

  @Override
  public Runnable open(URI uri, ClosedLoop loop) throws Exception {
    CompletableFuture<Channel> opened = new CompletableFuture<>();
    WebSocketClientProtocolConfig config =
        WebSocketClientProtocolConfig.newBuilder().webSocketUri(uri).build();
    bootstrap
        .clone()
        .handler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                channel
                    .pipeline()
                    .addLast(
                        new HttpClientCodec(),
                        new HttpObjectAggregator(16 * 1024),
                        new WebSocketClientProtocolHandler(config),
                        new Handler(loop, opened));
              }
            })
        .connect(uri.getHost(), uri.getPort())
        .sync();
    Channel channel = opened.join();
    Runnable send =
        () ->
            channel.writeAndFlush(
                new BinaryWebSocketFrame(Unpooled.wrappedBuffer(loop.payload())),
                channel.voidPromise());
    return () -> channel.eventLoop().execute(() -> loop.begin(send));
  }

  private static final class Handler extends SimpleChannelInboundHandler<BinaryWebSocketFrame> {
    private final ClosedLoop loop;
    private final CompletableFuture<Channel> opened;

    Handler(ClosedLoop loop, CompletableFuture<Channel> opened) {
      this.loop = loop;
      this.opened = opened;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
        opened.complete(context.channel());
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, BinaryWebSocketFrame frame) {
      loop.answered(frame.content().nioBuffer());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      loop.failed("the connection failed", cause);
    }
  }
}
