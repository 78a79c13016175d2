package io.github.volfram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class StreamOptionsTest {

  @Test
  void theDefaultsAreSafe() {
    StreamOptions options = StreamOptions.DEFAULT;
    assertEquals(1 << 20, options.maxMessageBytes());
    assertEquals(1 << 20, options.maxFrameBytes());
    assertEquals(16 << 10, options.readBufferBytes());
    assertEquals(64 << 10, options.writeBufferBytes());
    assertEquals(4 << 20, options.maxWriteBufferBytes());
    assertEquals(Duration.ofSeconds(10), options.handshakeTimeout());
    assertEquals(Duration.ofSeconds(5), options.closeTimeout());
    assertNull(options.allowedOrigins(), "the server's own");
    assertEquals(List.of(), options.subprotocols());
    assertEquals(List.of(), options.headers());
  }

  @Test
  void optionsDoNotChangeWithTheirBuilder() {
    StreamOptions.Builder builder = StreamOptions.builder().header("a", "b").subprotocols("c");
    StreamOptions options = builder.build();
    builder.header("d", "e").subprotocols("f").maxMessageBytes(1);
    assertEquals(List.of(Map.entry("a", "b")), options.headers());
    assertEquals(List.of("c"), options.subprotocols());
    assertEquals(1 << 20, options.maxMessageBytes());
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    List<Consumer<StreamOptions.Builder>> senseless =
        List.of(
            builder -> builder.allowOrigins(List.of()),
            builder -> builder.maxMessageBytes(0),
            builder -> builder.maxFrameBytes(-1),
            builder -> builder.readBufferBytes(0),
            builder -> builder.readBufferBytes((16 << 20) + 1),
            builder -> builder.writeBufferBytes(-1),
            builder -> builder.maxWriteBufferBytes(-1),
            builder -> builder.handshakeTimeout(Duration.ZERO),
            builder -> builder.closeTimeout(Duration.ofSeconds(-1)),
            builder -> builder.writeBufferBytes(2).maxWriteBufferBytes(1).build());
    for (Consumer<StreamOptions.Builder> change : senseless) {
      assertThrows(IllegalArgumentException.class, () -> change.accept(StreamOptions.builder()));
    }
  }
}
