package io.github.volfram;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.ArrayDeque;

/** A non-blocking channel in memory that gives and takes as many bytes as a test says. */
final class ScriptedChannel implements ByteChannel {

  private final ArrayDeque<Byte> inbound = new ArrayDeque<>();
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private boolean ended;
  private boolean open = true;
  private int bytesPerRead = Integer.MAX_VALUE;
  private int bytesPerWrite = Integer.MAX_VALUE;
  private int writeRoom = Integer.MAX_VALUE;
  private IOException readFailure;
  private IOException writeFailure;
  private int reads;
  private int writes;

  /** The peer sent these bytes. */
  ScriptedChannel feed(byte[] bytes) {
    return feed(bytes, 0, bytes.length);
  }

  ScriptedChannel feed(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      inbound.add(bytes[i]);
    }
    return this;
  }

  /** The peer closed its side, after what it has sent. */
  ScriptedChannel end() {
    ended = true;
    return this;
  }

  ScriptedChannel bytesPerRead(int bytes) {
    bytesPerRead = bytes;
    return this;
  }

  ScriptedChannel bytesPerWrite(int bytes) {
    bytesPerWrite = bytes;
    return this;
  }

  /** The channel takes so many bytes more, and then none. */
  ScriptedChannel writeRoom(int bytes) {
    writeRoom = bytes;
    return this;
  }

  ScriptedChannel failReads(IOException failure) {
    readFailure = failure;
    return this;
  }

  ScriptedChannel failWrites(IOException failure) {
    writeFailure = failure;
    return this;
  }

  /** What was written since the last call. */
  byte[] written() {
    byte[] bytes = written.toByteArray();
    written.reset();
    return bytes;
  }

  int unreadBytes() {
    return inbound.size();
  }

  int reads() {
    return reads;
  }

  int writes() {
    return writes;
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    reads++;
    if (inbound.isEmpty()) {
      if (readFailure != null) {
        throw readFailure;
      }
      return ended ? -1 : 0;
    }
    int count = Math.min(Math.min(into.remaining(), inbound.size()), bytesPerRead);
    for (int i = 0; i < count; i++) {
      into.put(inbound.remove());
    }
    return count;
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    writes++;
    if (writeFailure != null) {
      throw writeFailure;
    }
    int count = Math.min(Math.min(from.remaining(), writeRoom), bytesPerWrite);
    for (int i = 0; i < count; i++) {
      written.write(from.get());
    }
    writeRoom -= count;
    return count;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
  }
}
