package io.github.volfram;

import io.github.volfram.internal.engine.StaticFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a server does on each path: WebSockets, and on the same port plain GET and HEAD requests,
 * for which {@link ServerOptions.Builder#plainHttp} must be on. Immutable; any thread may use it.
 *
 * <pre>{@code
 * Routes routes =
 *     Routes.builder()
 *         .webSocket("/echo", new Echo())
 *         .webSocket("/chat/*", request -> UpgradeResponse.accept(roomOf(request.path())))
 *         .text("/health", "ok\n")
 *         .folder("/static", Path.of("site"))
 *         .build();
 * WebSocketServer.start(ServerOptions.builder().plainHttp(true).build(), routes);
 * }</pre>
 *
 * <p>A pattern is a path such as {@code /echo}, or ends in {@code /*} and means every path beneath:
 * {@code /chat/*} is for {@code /chat/} and {@code /chat/a/b} and not for {@code /chat}. A path
 * itself goes before a pattern, and a longer pattern before a shorter one. Paths are compared as
 * they stand on the wire, case and percent-encoding included, without the query.
 *
 * <p>One path may have both a WebSocket and a page. A path that has neither is answered 404; a
 * plain request where only a WebSocket is, 426; a WebSocket request where only a page is, 404.
 * Methods other than GET and HEAD never come here: the server answers them 405. HEAD is answered as
 * GET is, without the body.
 */
public final class Routes implements UpgradeHandler {

  private static final UpgradeResponse NOT_FOUND = UpgradeResponse.reject(404, "not found\n");

  private static final UpgradeResponse WEB_SOCKET_ONLY =
      UpgradeResponse.reject(426, "there is a WebSocket here, and no page\n")
          .withHeader("Upgrade", "websocket");

  private final Table webSockets;
  private final Table pages;
  private final UpgradeHandler otherwise;

  private Routes(Builder builder) {
    webSockets = builder.webSockets.copy();
    pages = builder.pages.copy();
    otherwise = builder.otherwise;
  }

  /** A builder without a route. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public UpgradeResponse onUpgrade(UpgradeRequest request) {
    String path = request.path();
    UpgradeHandler handler = (request.isWebSocket() ? webSockets : pages).find(path);
    if (handler != null) {
      return handler.onUpgrade(request);
    }
    if (!request.isWebSocket() && webSockets.find(path) != null) {
      return WEB_SOCKET_ONLY;
    }
    return otherwise.onUpgrade(request);
  }

  /** Handlers by pattern. */
  private record Table(Map<String, UpgradeHandler> exact, TreeMap<String, UpgradeHandler> beneath) {

    static Table empty() {
      return new Table(new LinkedHashMap<>(), new TreeMap<>());
    }

    Table copy() {
      return new Table(Map.copyOf(exact), new TreeMap<>(beneath));
    }

    void add(String pattern, UpgradeHandler handler) {
      if (!pattern.startsWith("/") || pattern.indexOf('?') >= 0) {
        throw new IllegalArgumentException(
            "a pattern must be a path that begins with /, not " + pattern);
      }
      boolean prefix = pattern.endsWith("/*");
      String path = prefix ? pattern.substring(0, pattern.length() - 1) : pattern;
      if (path.indexOf('*') >= 0) {
        throw new IllegalArgumentException(
            "a pattern may have a * only as its last segment, not " + pattern);
      }
      Map<String, UpgradeHandler> map = prefix ? beneath : exact;
      if (map.putIfAbsent(path, Objects.requireNonNull(handler, "handler")) != null) {
        throw new IllegalArgumentException("there is a route for " + pattern + " already");
      }
    }

    @Nullable UpgradeHandler find(String path) {
      UpgradeHandler handler = exact.get(path);
      int slash = path.length();
      while (handler == null && (slash = path.lastIndexOf('/', slash - 1)) >= 0) {
        handler = beneath.get(path.substring(0, slash + 1));
      }
      return handler;
    }
  }

  /** Collects routes. Not thread-safe. A second route for the same pattern is refused at once. */
  public static final class Builder {

    private final Table webSockets = Table.empty();
    private final Table pages = Table.empty();
    private UpgradeHandler otherwise = request -> NOT_FOUND;

    private Builder() {}

    /**
     * Accepts WebSockets on a path.
     *
     * @throws IllegalArgumentException when this is no pattern, or has a WebSocket already
     */
    public Builder webSocket(String pattern, WebSocketListener listener) {
      UpgradeResponse accepted =
          UpgradeResponse.accept(Objects.requireNonNull(listener, "listener"));
      return webSocket(pattern, (UpgradeRequest request) -> accepted);
    }

    /**
     * Decides about WebSockets on a path: who may connect, which subprotocol, which listener.
     *
     * @param handler called by an event loop's thread; must not block
     * @throws IllegalArgumentException when this is no pattern, or has a WebSocket already
     */
    public Builder webSocket(String pattern, UpgradeHandler handler) {
      webSockets.add(pattern, handler);
      return this;
    }

    /**
     * Answers plain GET and HEAD requests on a path.
     *
     * @param handler called by an event loop's thread; must not block. Its answer is no {@code
     *     accept}.
     * @throws IllegalArgumentException when this is no pattern, or has a page already
     */
    public Builder get(String pattern, UpgradeHandler handler) {
      pages.add(pattern, handler);
      return this;
    }

    /**
     * Answers with status 200 and this text, for a health check say.
     *
     * @throws IllegalArgumentException when this is no pattern, or has a page already
     */
    public Builder text(String pattern, String text) {
      return page(pattern, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Answers with status 200 and these bytes.
     *
     * @param contentType such as {@code text/html; charset=utf-8}
     * @param body copied
     * @throws IllegalArgumentException when this is no pattern, or has a page already
     */
    public Builder page(String pattern, String contentType, byte[] body) {
      UpgradeResponse page = UpgradeResponse.respond(200, contentType, body);
      return get(pattern, request -> page);
    }

    /**
     * Serves the files in and beneath a folder. They are read now, once, and kept in memory: at
     * most 4 MiB each and 64 MiB together, since an event loop must not wait for a disk. What
     * changes later is served after the next start.
     *
     * <p>Only regular files whose real place is within the folder are served, so no symbolic link
     * leads out of it, and none whose name or that of a folder above begins with a dot. A path that
     * names a folder and ends in a slash is answered with its {@code index.html}. Content types
     * follow the extension, and browsers are told not to guess. A path with a malformed
     * percent-encoding is answered 400, one that names no file 404.
     *
     * @param path beneath which they are, such as {@code /static}, or {@code /} for all
     * @throws IOException when a file cannot be read
     * @throws IllegalArgumentException when this is no path or has pages already, or when the
     *     folder is none or has more or larger files
     */
    public Builder folder(String path, Path folder) throws IOException {
      String prefix = path.endsWith("/") ? path : path + "/";
      StaticFolder files = StaticFolder.read(folder);
      return get(prefix + "*", request -> files.answer(request.path().substring(prefix.length())));
    }

    /** Answers what has no route, plain requests and WebSockets; with a 404 by default. */
    public Builder otherwise(UpgradeHandler handler) {
      otherwise = Objects.requireNonNull(handler, "handler");
      return this;
    }

    /** The routes as they are now. */
    public Routes build() {
      return new Routes(this);
    }
  }
}
