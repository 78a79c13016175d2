package io.github.volfram.internal.transport;

import io.github.volfram.internal.transport.nio.NioTransport;

class NioTransportTest extends TransportContract {

  @Override
  Network newNetwork() {
    return new LoopbackNetwork(NioTransport::new);
  }
}
