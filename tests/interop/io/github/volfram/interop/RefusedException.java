package io.github.volfram.interop;

/** A peer's opening handshake was refused. */
final class RefusedException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int status;

  RefusedException(int status) {
    super("refused with status " + status);
    this.status = status;
  }

  int status() {
    return status;
  }
}
