package io.github.volfram.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ApiListingTest {

  private static final Path ROOT = Path.of(System.getProperty("volfram.basedir", "."));

  /** Whoever changes the API writes the new listing with {@code -Dvolfram.api.update=true}. */
  @Test
  void publicApiIsWhatTheListingSays() throws Exception {
    Path committed = ROOT.resolve("docs/api.txt");
    List<String> listing = ApiListing.of(ROOT.resolve("target/classes"));
    if (Boolean.getBoolean("volfram.api.update")) {
      Files.write(committed, listing);
    }
    assertEquals(
        String.join("\n", Files.readAllLines(committed)),
        String.join("\n", listing),
        "docs/api.txt; mvn test -Dtest=ApiListingTest -Dvolfram.api.update=true writes it anew");
  }

  @Test
  void listingHasTypesAndMembersButNothingPrivate() throws Exception {
    List<String> listing = ApiListing.of(ROOT.resolve("target/classes"));
    assertTrue(
        listing.contains(
            "public final class io.github.volfram.WebSocketServer implements java.lang.AutoCloseable"));
    assertTrue(listing.contains("  public void close()"));
    assertTrue(listing.stream().noneMatch(line -> line.contains("private ")));
  }
}
