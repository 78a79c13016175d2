package io.github.volfram.internal.transport;

import java.nio.ByteBuffer;

/** Submitted bytes. */
record FakeRegion(ByteBuffer buffer, int index, int length) {}
