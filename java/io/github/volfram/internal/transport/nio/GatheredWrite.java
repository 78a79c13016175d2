package io.github.volfram.internal.transport.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One write of several regions. A channel writes what lies between a buffer's position and limit,
 * and those of the submitted buffers are not ours; so regions of the two arenas are written through
 * views that are made once, regions of other buffers through views made for the occasion.
 */
final class GatheredWrite {

  /** Up to here copying the regions together costs less than the JDK's vector of addresses. */
  private static final int STAGING_BYTES = 4096;

  /** The JDK passes at most this many regions (IOV_MAX) and leaves the others. */
  private static final int MAX_REGIONS = 1024;

  private final Views sendViews;
  private final Views receiveViews;
  private final ByteBuffer staging = ByteBuffer.allocateDirect(STAGING_BYTES);
  private ByteBuffer[] regions = new ByteBuffer[16];
  private int count;
  private long total;

  GatheredWrite(ByteBuffer sendArena, ByteBuffer receiveArena) {
    sendViews = new Views(sendArena);
    receiveViews = new Views(receiveArena);
    Arrays.fill(regions, staging);
  }

  void begin() {
    count = 0;
    total = 0;
  }

  void add(ByteBuffer buffer, int index, int length) {
    if (count == regions.length) {
      regions = Arrays.copyOf(regions, count * 2);
      Arrays.fill(regions, count, regions.length, staging);
    }
    regions[count] = view(buffer, count).limit(index + length).position(index);
    count++;
    total += length;
  }

  @SuppressWarnings("ReferenceEquality") // equality of buffers would compare their bytes
  private ByteBuffer view(ByteBuffer buffer, int position) {
    if (buffer == sendViews.buffer) {
      return sendViews.at(position);
    }
    return buffer == receiveViews.buffer ? receiveViews.at(position) : buffer.duplicate();
  }

  /** Writes what was added, in order, and returns how many bytes the kernel took. */
  long write(NioConnection connection) throws IOException {
    try {
      if (count == 1) {
        return connection.write(regions[0]);
      }
      return total <= STAGING_BYTES ? writeStaged(connection) : writeVector(connection);
    } finally {
      // No foreign buffer is to be kept alive by us.
      Arrays.fill(regions, 0, count, staging);
    }
  }

  private long writeStaged(NioConnection connection) throws IOException {
    staging.clear();
    for (int i = 0; i < count; i++) {
      staging.put(regions[i]);
    }
    return connection.write(staging.flip());
  }

  private long writeVector(NioConnection connection) throws IOException {
    long sent = 0;
    for (int from = 0; from < count; from += MAX_REGIONS) {
      int some = Math.min(MAX_REGIONS, count - from);
      long due = 0;
      for (int i = from; i < from + some; i++) {
        due += regions[i].remaining();
      }
      long taken = connection.write(regions, from, some);
      sent += taken;
      if (taken < due) {
        break;
      }
    }
    return sent;
  }

  /** The views of one arena, one for each place in a vector. */
  private static final class Views {
    final ByteBuffer buffer;
    private @Nullable ByteBuffer[] views = new @Nullable ByteBuffer[16];

    Views(ByteBuffer buffer) {
      this.buffer = buffer;
    }

    ByteBuffer at(int position) {
      if (position >= views.length) {
        views = Arrays.copyOf(views, Math.max(position + 1, views.length * 2));
      }
      ByteBuffer view = views[position];
      if (view == null) {
        view = buffer.duplicate();
        views[position] = view;
      }
      return view;
    }
  }
}
