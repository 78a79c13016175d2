package io.github.volfram.conformance;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** What the compressed messages hold: the same bytes on every run. */
enum Content {
  JSON(true, Content::json),
  TEXT(true, Content::words),
  RANDOM(false, Content::random);

  private static final int CORPUS_BYTES = 1 << 20;

  private interface Source {
    void fill(StringBuilder corpus, Random random);
  }

  private final boolean text;
  private final byte[] corpus;

  Content(boolean text, Source source) {
    this.text = text;
    StringBuilder characters = new StringBuilder();
    Random random = new Random(ordinal());
    while (characters.length() < CORPUS_BYTES) {
      source.fill(characters, random);
    }
    corpus = characters.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  boolean isText() {
    return text;
  }

  /** Message number n: of ASCII where it is text, so that it may be cut anywhere. */
  ByteBuffer message(int n, int bytes) {
    int at = (int) (n * 7919L % (corpus.length - bytes));
    return ByteBuffer.wrap(corpus).slice(at, bytes);
  }

  private static void json(StringBuilder corpus, Random random) {
    corpus
        .append("{\"id\": ")
        .append(random.nextInt(1_000_000))
        .append(", \"symbol\": \"")
        .append((char) ('A' + random.nextInt(26)))
        .append((char) ('A' + random.nextInt(26)))
        .append("\", \"bid\": ")
        .append(random.nextInt(10_000) / 100.0)
        .append(", \"ask\": ")
        .append(random.nextInt(10_000) / 100.0)
        .append(", \"open\": ")
        .append(random.nextBoolean())
        .append("},\n");
  }

  private static void words(StringBuilder corpus, Random random) {
    int letters = 1 + random.nextInt(9);
    for (int i = 0; i < letters; i++) {
      corpus.append("etaoinshrdlu".charAt(Math.min(random.nextInt(12), random.nextInt(12))));
    }
    corpus.append(random.nextInt(12) == 0 ? '\n' : ' ');
  }

  private static void random(StringBuilder corpus, Random random) {
    corpus.append((char) random.nextInt(256));
  }
}
