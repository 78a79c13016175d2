package io.github.volfram.internal.transport.jna;

import io.github.volfram.internal.transport.AcceptedSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** An accepted descriptor on its way to a loop. Exactly one caller gets it. */
final class AcceptedDescriptor implements AcceptedSocket {

  static final int TAKEN = -1;

  private final AtomicInteger fd;

  AcceptedDescriptor(int fd) {
    this.fd = new AtomicInteger(fd);
  }

  /** The descriptor, the caller's from now on, or {@link #TAKEN}. */
  int take() {
    return fd.getAndSet(TAKEN);
  }

  @Override
  public void discard() {
    int taken = take();
    if (taken != TAKEN) {
      Volfram.vf_discard(taken); // whatever it returns, the descriptor is free
    }
  }
}
