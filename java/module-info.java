/** WebSocket servers and clients for latency-sensitive Java, on a native or a pure-NIO backend. */
module io.github.volfram {
  requires com.sun.jna;
  requires org.jctools.core;
  requires static info.picocli;
  requires static java.logging;
  requires static jdk.jfr;
  requires static transitive java.net.http;
  requires static micrometer.core;
  requires static transitive org.jspecify;

  exports io.github.volfram;

  opens io.github.volfram.cli to
      info.picocli;
}
