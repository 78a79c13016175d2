package io.github.volfram.internal.transport;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.internal.transport.jna.JnaTransport;

/** The native transport as a loop that spins has it. */
class SpinningTransportTest extends JnaTransportTest {

  @Override
  Network newNetwork() {
    super.newNetwork();
    return new LoopbackNetwork(SpinningTransportTest::spinning);
  }

  private static Transport spinning() {
    Transport transport = new JnaTransport();
    assertTrue(transport.spinInsteadOfSleeping());
    return transport;
  }
}
