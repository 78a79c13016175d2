package io.github.volfram;

import io.github.volfram.internal.stream.StreamDeflate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a {@link WebSocketStream} or {@link FrameStream} behaves. Immutable; any thread. */
public final class StreamOptions {

  /** What {@code builder().build()} gives. */
  public static final StreamOptions DEFAULT = builder().build();

  private final List<String> subprotocols;
  private final List<Map.Entry<String, String>> headers;
  private final @Nullable List<String> allowedOrigins;
  private final Duration handshakeTimeout;
  private final Duration closeTimeout;
  private final int maxMessageBytes;
  private final int maxFrameBytes;
  private final int readBufferBytes;
  private final int writeBufferBytes;
  private final int maxWriteBufferBytes;
  private final boolean messageParts;
  private final @Nullable DeflateOptions deflate;
  private final @Nullable StreamDeflate sharedDeflate;

  private StreamOptions(Builder from) {
    subprotocols = from.subprotocols;
    headers = List.copyOf(from.headers);
    allowedOrigins = from.allowedOrigins;
    handshakeTimeout = from.handshakeTimeout;
    closeTimeout = from.closeTimeout;
    maxMessageBytes = from.maxMessageBytes;
    maxFrameBytes = from.maxFrameBytes;
    readBufferBytes = from.readBufferBytes;
    writeBufferBytes = from.writeBufferBytes;
    maxWriteBufferBytes = from.maxWriteBufferBytes;
    messageParts = from.messageParts;
    deflate = from.deflate;
    sharedDeflate = deflate == null ? null : new StreamDeflate(deflate);
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** The subprotocols, in order of preference. */
  public List<String> subprotocols() {
    return subprotocols;
  }

  /** Headers that a client's request has besides its own. */
  public List<Map.Entry<String, String>> headers() {
    return headers;
  }

  /** The origins whose pages a server accepts: null for the server's own, an empty list for any. */
  public @Nullable List<String> allowedOrigins() {
    return allowedOrigins;
  }

  /** How long an opening handshake may take. */
  public Duration handshakeTimeout() {
    return handshakeTimeout;
  }

  /** How long a closing handshake may take. */
  public Duration closeTimeout() {
    return closeTimeout;
  }

  /** The longest message that the peer may send, in bytes. */
  public int maxMessageBytes() {
    return maxMessageBytes;
  }

  /** The longest frame that the peer may send, in bytes. */
  public int maxFrameBytes() {
    return maxFrameBytes;
  }

  /** How many bytes are read from the channel at once. */
  public int readBufferBytes() {
    return readBufferBytes;
  }

  /** How many bytes a write leaves pending before it flushes by itself. */
  public int writeBufferBytes() {
    return writeBufferBytes;
  }

  /** Above how many pending bytes a write is {@link WriteOutcome#FULL}. */
  public int maxWriteBufferBytes() {
    return maxWriteBufferBytes;
  }

  /** Whether messages are read in parts, as their bytes arrive. */
  public boolean messageParts() {
    return messageParts;
  }

  /** How messages are compressed (RFC 7692), or null where they are not. */
  public @Nullable DeflateOptions deflate() {
    return deflate;
  }

  @Nullable StreamDeflate sharedDeflate() {
    return sharedDeflate;
  }

  /** Collects options; not thread-safe. Every method returns the builder. */
  public static final class Builder {

    private List<String> subprotocols = List.of();
    private final List<Map.Entry<String, String>> headers = new ArrayList<>();
    private @Nullable List<String> allowedOrigins;
    private Duration handshakeTimeout = Duration.ofSeconds(10);
    private Duration closeTimeout = Duration.ofSeconds(5);
    private int maxMessageBytes = 1 << 20;
    private int maxFrameBytes = 1 << 20;
    private int readBufferBytes = 16 << 10;
    private int writeBufferBytes = 64 << 10;
    private int maxWriteBufferBytes = 4 << 20;
    private boolean messageParts;
    private @Nullable DeflateOptions deflate;

    private Builder() {}

    /**
     * The subprotocols (RFC 6455 §1.9), none by default. A client offers them in this order; a
     * server without an {@link UpgradeHandler} chooses the first of the client's that is among
     * them, or none.
     */
    public Builder subprotocols(String... subprotocols) {
      this.subprotocols = List.of(subprotocols);
      return this;
    }

    /** Adds a header to a client's request; checked when the handshake is made. */
    public Builder header(String name, String value) {
      headers.add(Map.entry(name, value));
      return this;
    }

    /**
     * Lets a server accept pages of these origins and no others, such as {@code
     * https://example.org}. By default only pages of the server's own origin are, and others are
     * answered with 403 (RFC 6455 §10.2); programs that are no browsers send no Origin and always
     * pass.
     *
     * @throws IllegalArgumentException when there is none
     */
    public Builder allowOrigins(Collection<String> origins) {
      if (origins.isEmpty()) {
        throw new IllegalArgumentException("origins must not be empty");
      }
      allowedOrigins = List.copyOf(origins);
      return this;
    }

    /** Lets a server accept every page: right only when nothing rests on cookies or addresses. */
    public Builder allowAnyOrigin() {
      allowedOrigins = List.of();
      return this;
    }

    /**
     * How long an opening handshake may take from its making on, whatever progress it makes; 10 s
     * by default.
     */
    public Builder handshakeTimeout(Duration handshakeTimeout) {
      this.handshakeTimeout = Bounds.positive("handshakeTimeout", handshakeTimeout);
      return this;
    }

    /** How long a stream waits for the peer after the first close frame; 5 s by default. */
    public Builder closeTimeout(Duration closeTimeout) {
      this.closeTimeout = Bounds.positive("closeTimeout", closeTimeout);
      return this;
    }

    /**
     * The longest message that the peer may send, 1 MiB by default; a longer one is answered with
     * close code 1009. {@link ConnectionOptions#UNLIMITED} is no limit for messages in parts, else
     * 1 GiB.
     */
    public Builder maxMessageBytes(int maxMessageBytes) {
      this.maxMessageBytes = atLeast(1, "maxMessageBytes", maxMessageBytes);
      return this;
    }

    /** The longest frame that the peer may send, 1 MiB by default; otherwise as for a message. */
    public Builder maxFrameBytes(int maxFrameBytes) {
      this.maxFrameBytes = atLeast(1, "maxFrameBytes", maxFrameBytes);
      return this;
    }

    /** How many bytes are read from the channel at once, 16 KiB by default, 16 MiB at most. */
    public Builder readBufferBytes(int readBufferBytes) {
      if (readBufferBytes > 16 << 20) {
        throw new IllegalArgumentException(
            "readBufferBytes must be at most 16 MiB, not " + readBufferBytes);
      }
      this.readBufferBytes = atLeast(1, "readBufferBytes", readBufferBytes);
      return this;
    }

    /**
     * How many bytes a write leaves pending before it flushes by itself, 64 KiB by default; 0 sends
     * each message at once. A larger buffer makes fewer, larger writes to the channel.
     */
    public Builder writeBufferBytes(int writeBufferBytes) {
      this.writeBufferBytes = atLeast(0, "writeBufferBytes", writeBufferBytes);
      return this;
    }

    /**
     * Above how many pending bytes a write is {@link WriteOutcome#FULL}, 4 MiB by default. When
     * nothing is pending one message is taken, however large.
     */
    public Builder maxWriteBufferBytes(int maxWriteBufferBytes) {
      this.maxWriteBufferBytes = atLeast(0, "maxWriteBufferBytes", maxWriteBufferBytes);
      return this;
    }

    /**
     * Reads messages in parts as their bytes arrive, fragments or not: {@link WebSocketStream#read}
     * is TEXT or BINARY for each, and {@link WebSocketStream#isLast} true for the last one. Off by
     * default.
     */
    public Builder messageParts(boolean on) {
      messageParts = on;
      return this;
    }

    /**
     * Agrees to permessage-deflate (RFC 7692), as a server, or offers it, as a client; otherwise
     * messages are not compressed. {@link DeflateOptions#maxDeflaters} counts the streams made with
     * these options; one that is dropped before {@link ReadOutcome#CLOSED} and without {@link
     * WebSocketStream#abort} stays counted until it is collected as garbage.
     */
    public Builder deflate(DeflateOptions options) {
      deflate = options;
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException when maxWriteBufferBytes is below writeBufferBytes
     */
    public StreamOptions build() {
      if (maxWriteBufferBytes < writeBufferBytes) {
        throw new IllegalArgumentException(
            "maxWriteBufferBytes must be at least writeBufferBytes, "
                + writeBufferBytes
                + ", not "
                + maxWriteBufferBytes);
      }
      return new StreamOptions(this);
    }

    private static int atLeast(int least, String name, int value) {
      if (value < least) {
        throw new IllegalArgumentException(name + " must be at least " + least + ", not " + value);
      }
      return value;
    }
  }
}
