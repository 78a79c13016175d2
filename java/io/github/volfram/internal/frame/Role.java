package io.github.volfram.internal.frame;

/** Which end of the connection we are (RFC 6455 §5.1). */
public enum Role {
  /** We send masked frames and expect unmasked ones. */
  CLIENT,
  /** We send unmasked frames and expect masked ones. */
  SERVER
}
