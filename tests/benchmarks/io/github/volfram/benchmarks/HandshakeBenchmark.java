package io.github.volfram.benchmarks;

import io.github.volfram.internal.handshake.HandshakeLimits;
import io.github.volfram.internal.handshake.HttpHeaders;
import io.github.volfram.internal.handshake.ServerHandshake;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A server's opening handshake, from the bytes of the request to those of the 101. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
@State(Scope.Thread)
public class HandshakeBenchmark {

  private static final String SHORT =
      String.join(
          "\r\n",
          "GET /chat HTTP/1.1",
          "Host: 127.0.0.1:9001",
          "Upgrade: websocket",
          "Connection: Upgrade",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
          "Sec-WebSocket-Version: 13",
          "",
          "");

  /** What a browser sends. */
  private static final String BROWSER =
      String.join(
          "\r\n",
          "GET /chat?room=7 HTTP/1.1",
          "Host: www.example.org",
          "Connection: Upgrade",
          "Pragma: no-cache",
          "Cache-Control: no-cache",
          "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
          "Upgrade: websocket",
          "Origin: https://www.example.org",
          "Sec-WebSocket-Version: 13",
          "Accept-Encoding: gzip, deflate, br, zstd",
          "Accept-Language: en-GB,en;q=0.9,de;q=0.8",
          "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark; consent=all",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
          "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
          "",
          "");

  @Param({"short", "browser"})
  public String request = "";

  private ByteBuffer bytes;

  @Setup
  public void prepare() {
    byte[] head = (request.equals("short") ? SHORT : BROWSER).getBytes(StandardCharsets.US_ASCII);
    bytes = ByteBuffer.allocateDirect(head.length).put(head);
  }

  @Benchmark
  public byte[] serverHandshake() {
    ServerHandshake handshake = new ServerHandshake(HandshakeLimits.DEFAULT);
    handshake.receive(bytes, 0, bytes.capacity());
    handshake.accept(null, HttpHeaders.EMPTY);
    return handshake.response();
  }
}
