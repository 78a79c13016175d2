package io.github.volfram.cli;

import io.github.volfram.DeflateOptions;
import io.github.volfram.IdleStrategy;
import io.github.volfram.ServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What the commands that start a server have in common. */
final class ServerFlags {

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Where to listen (default: ${DEFAULT-VALUE}; 0.0.0.0 for every address).")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "The port (default: ${DEFAULT-VALUE}; 0 lets the system choose).")
  private int port = 9001;

  @Option(
      names = "--unix",
      paramLabel = "PATH",
      description = "Listens on this Unix domain socket instead of host and port.")
  private @Nullable Path unixPath;

  @Mixin private BackendFlag backend = new BackendFlag();

  @Option(
      names = "--loops",
      paramLabel = "N",
      description = "Event loops, each with a thread (default: ${DEFAULT-VALUE}).")
  private int loops = 1;

  @Option(
      names = "--reuse-port",
      description = "Every loop listens by itself, and other servers may, too (SO_REUSEPORT).")
  private boolean reusePort;

  @Option(
      names = "--busy-poll",
      paramLabel = "MICROS",
      description = "Polls the network device for so many microseconds (SO_BUSY_POLL; Linux).")
  private long busyPollMicros;

  @Option(
      names = "--cpu",
      paramLabel = "N",
      split = ",",
      description = "The CPU each event loop's thread is bound to, such as 2 or 2,3 (Linux).")
  private int[] cpus = {};

  @Option(
      names = "--idle",
      paramLabel = "block|spin|yield|backoff",
      converter = IdleConverter.class,
      description = "What a loop does when nothing is ready (default: ${DEFAULT-VALUE}).")
  private IdleStrategy idle = IdleStrategy.BLOCK;

  @Option(
      names = "--max-message-bytes",
      paramLabel = "BYTES",
      converter = ByteCount.class,
      description =
          "The longest message received, such as 65536 or 64m (default: ${DEFAULT-VALUE}).")
  private int maxMessageBytes;

  @Option(
      names = "--deflate",
      description = "Compresses messages where the client offers it (permessage-deflate).")
  private boolean deflate;

  @Mixin private TlsFlags tls = new TlsFlags();

  /** Flags of a command that receives messages up to so many bytes when it is told nothing. */
  ServerFlags(int maxMessageBytes) {
    this.maxMessageBytes = maxMessageBytes;
  }

  /**
   * The scheme of the server's address.
   *
   * @param plain such as {@code ws}
   */
  String scheme(String plain) {
    return tls.isSecure() ? plain + "s" : plain;
  }

  /**
   * The options so far.
   *
   * @throws IllegalArgumentException when a number is out of its bounds
   * @throws IOException when a key cannot be read
   */
  ServerOptions.Builder options() throws IOException {
    ServerOptions.Builder options = plainOptions();
    if (deflate) {
      options.deflate(DeflateOptions.DEFAULT);
    }
    if (unixPath != null) {
      options.unixPath(unixPath);
    }
    tls.apply(options);
    return options;
  }

  private ServerOptions.Builder plainOptions() {
    return ServerOptions.builder()
        .host(host)
        .port(port)
        .backend(backend.choice())
        .poller(backend.poller())
        .loops(loops)
        .reusePort(reusePort)
        .busyPoll(Duration.of(busyPollMicros, ChronoUnit.MICROS))
        .idle(idle)
        .cpus(cpus)
        .maxMessageBytes(maxMessageBytes)
        .outboundHardCapBytes(EchoListener.hardCapBytes(maxMessageBytes))
        .outboundSoftMarkBytes(EchoListener.SOFT_MARK_BYTES);
  }

  static final class IdleConverter implements ITypeConverter<IdleStrategy> {
    @Override
    public IdleStrategy convert(String value) {
      try {
        return IdleStrategy.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
