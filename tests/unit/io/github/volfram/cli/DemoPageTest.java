package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.volfram.UpgradeResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoPageTest {

  @Test
  void thePolicyAllowsTheScriptAndTheStyleOfThePageAndNoOther() throws Exception {
    UpgradeResponse response = new DemoPage("nio backend: a <reason>").response();
    String html = new String(response.body(), StandardCharsets.UTF_8);
    assertTrue(html.contains("nio backend: a &lt;reason>"), html);
    assertFalse(html.contains("{{"), html);
    String policy =
        response.headers().stream()
            .filter(header -> header.getKey().equals("Content-Security-Policy"))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseThrow();
    assertTrue(policy.contains("script-src 'sha256-" + hashOf(html, "script") + "';"), policy);
    assertTrue(policy.contains("style-src 'sha256-" + hashOf(html, "style") + "';"), policy);
    assertEquals(2, html.split("<script", -1).length, "one script");
    assertEquals(2, html.split("<style", -1).length, "one style");
  }

  private static String hashOf(String html, String element) throws Exception {
    String content = html.replaceFirst("(?s).*<" + element + ">(.*)</" + element + ">.*", "$1");
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
