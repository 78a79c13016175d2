package io.github.volfram.internal.transport;

/** An accepted fake connection until it is adopted. */
final class FakeAcceptedSocket implements AcceptedSocket {

  private FakeSocket socket;

  FakeAcceptedSocket(FakeSocket socket) {
    this.socket = socket;
  }

  FakeSocket take() {
    if (socket == null) {
      throw new IllegalStateException("already adopted or discarded");
    }
    FakeSocket taken = socket;
    socket = null;
    return taken;
  }

  @Override
  public void discard() {
    if (socket != null) {
      take().close();
    }
  }
}
