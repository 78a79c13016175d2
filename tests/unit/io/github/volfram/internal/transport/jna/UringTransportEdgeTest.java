package io.github.volfram.internal.transport.jna;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

class UringTransportEdgeTest extends JnaTransportEdgeTest {

  @Override
  JnaTransport newTransport() {
    String cause = NativeSupport.current().unavailabilityCause(NativePoller.URING);
    assumeTrue(cause.isEmpty(), cause);
    return new JnaTransport(NativePoller.URING);
  }
}
