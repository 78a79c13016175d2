package io.github.volfram.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Makes pools of inflaters and deflaters, and knows what became of each. */
final class ZlibCount {

  /** Counts what it writes. */
  private final class CountedInflater extends Inflater {
    int ends;

    CountedInflater() {
      super(true);
      inflaters.add(this);
    }

    @Override
    public int inflate(ByteBuffer out) throws DataFormatException {
      int before = out.position();
      try {
        return super.inflate(out);
      } finally {
        inflated += out.position() - before;
      }
    }

    @Override
    public void end() {
      ends++;
      super.end();
    }
  }

  private final class CountedDeflater extends Deflater {
    int ends;

    CountedDeflater() {
      super(Deflater.DEFAULT_COMPRESSION, true);
      deflaters.add(this);
    }

    @Override
    public void end() {
      ends++;
      super.end();
    }
  }

  private final List<CountedInflater> inflaters = new ArrayList<>();
  private final List<CountedDeflater> deflaters = new ArrayList<>();

  /** How many bytes all the inflaters have written. */
  long inflated;

  DeflatePool pool(int maxIdle, int maxDeflaters) {
    return new DeflatePool(maxIdle, maxDeflaters, CountedInflater::new, CountedDeflater::new);
  }

  int madeInflaters() {
    return inflaters.size();
  }

  int madeDeflaters() {
    return deflaters.size();
  }

  int liveInflaters() {
    return (int) inflaters.stream().filter(inflater -> inflater.ends == 0).count();
  }

  int liveDeflaters() {
    return (int) deflaters.stream().filter(deflater -> deflater.ends == 0).count();
  }

  void assertEachEndedOnce() {
    inflaters.forEach(inflater -> assertEquals(1, inflater.ends, "inflater ended"));
    deflaters.forEach(deflater -> assertEquals(1, deflater.ends, "deflater ended"));
  }
}
