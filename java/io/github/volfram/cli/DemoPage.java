package io.github.volfram.cli;

import io.github.volfram.UpgradeResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The web page of the demo. Its policy lets it run its own script and style, known by their hashes,
 * connect to the server it came from, and nothing else.
 */
final class DemoPage {

  private static final String BACKEND = "{{backend}}";

  private final UpgradeResponse response;

  /**
   * Reads the page.
   *
   * @param backend what the page shows of it
   */
  DemoPage(String backend) throws IOException {
    String html = template();
    String policy =
        "default-src 'none'; connect-src 'self'; img-src data:; script-src "
            + hash(html, "script")
            + "; style-src "
            + hash(html, "style")
            + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    byte[] body = html.replace(BACKEND, escaped(backend)).getBytes(StandardCharsets.UTF_8);
    response =
        UpgradeResponse.respond(200, "text/html; charset=utf-8", body)
            .withHeader("Content-Security-Policy", policy)
            .withHeader("X-Content-Type-Options", "nosniff")
            .withHeader("Referrer-Policy", "no-referrer")
            // An isolated page has a clock of 5 µs instead of 100 µs, for the round-trip times.
            .withHeader("Cross-Origin-Opener-Policy", "same-origin")
            .withHeader("Cross-Origin-Embedder-Policy", "require-corp")
            .withHeader("Cache-Control", "no-store");
  }

  UpgradeResponse response() {
    return response;
  }

  private static String template() throws IOException {
    try (InputStream content = DemoPage.class.getResourceAsStream("demo.html")) {
      if (content == null) {
        throw new IOException("demo.html is missing beside " + DemoPage.class.getName());
      }
      // A browser hashes what its parser read, which knows no carriage return.
      return new String(content.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    }
  }

  private static String hash(String html, String element) {
    String start = "<" + element + ">";
    int from = html.indexOf(start) + start.length();
    String content = html.substring(from, html.indexOf("</" + element + ">", from));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
