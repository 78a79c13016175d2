package io.github.volfram.benchmarks.peers;

/** What a peer does with messages, and how they come. */
enum Mode {
  ECHO,

  /** Passes each message to all other connections. */
  FANOUT,

  /** An echo over TLS, by the JDK's engine. */
  WSS,

  /** An echo that agrees to permessage-deflate, with and without context takeover. */
  DEFLATE
}
