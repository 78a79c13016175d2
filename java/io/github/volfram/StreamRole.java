package io.github.volfram;

/** Which end of a connection this side is (RFC 6455 §5.1). Immutable; any thread. */
public enum StreamRole {
  /** This side sent the request: its frames are masked, the peer's are not. */
  CLIENT,
  /** This side answered the request: its frames are not masked, the peer's are. */
  SERVER
}
