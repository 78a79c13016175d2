package io.github.volfram.internal.transport;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.volfram.internal.transport.jna.JnaTransport;
import io.github.volfram.internal.transport.jna.NativeSupport;

class JnaTransportTest extends TransportContract {

  @Override
  Network newNetwork() {
    NativeSupport support = NativeSupport.current();
    if (Boolean.getBoolean("volfram.native.required")) {
      assertTrue(support.isAvailable(), support.unavailabilityCause());
    }
    assumeTrue(support.isAvailable(), support.unavailabilityCause());
    return new LoopbackNetwork(JnaTransport::new);
  }
}
