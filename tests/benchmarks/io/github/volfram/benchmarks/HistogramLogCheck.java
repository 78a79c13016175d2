package io.github.volfram.benchmarks;

import java.io.File;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

/**
 * {@code HistogramLogCheck FILE}: reads a log of histograms with the library whose format it is in,
 * and prints a line for each: tag, count, median and 99.9th percentile in nanoseconds.
 */
public final class HistogramLogCheck {

  private HistogramLogCheck() {}

  public static void main(String[] arguments) throws Exception {
    HistogramLogReader reader = new HistogramLogReader(new File(arguments[0]));
    for (EncodableHistogram next = reader.nextIntervalHistogram();
        next != null;
        next = reader.nextIntervalHistogram()) {
      Histogram histogram = (Histogram) next;
      System.out.println(
          histogram.getTag()
              + " "
              + histogram.getTotalCount()
              + " "
              + histogram.getValueAtPercentile(50)
              + " "
              + histogram.getValueAtPercentile(99.9));
    }
    reader.close();
  }
}
