package io.github.volfram.internal.transport;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.volfram.internal.transport.jna.JnaTransport;
import io.github.volfram.internal.transport.jna.NativePoller;
import io.github.volfram.internal.transport.jna.NativeSupport;

class UringTransportTest extends TransportContract {

  @Override
  Network newNetwork() {
    String cause = NativeSupport.current().unavailabilityCause(NativePoller.URING);
    assumeTrue(cause.isEmpty(), cause);
    return new LoopbackNetwork(() -> new JnaTransport(NativePoller.URING));
  }

  @Override
  String[] transportForAnotherProcess() {
    return new String[] {JnaTransport.class.getName(), NativePoller.URING.name()};
  }
}
