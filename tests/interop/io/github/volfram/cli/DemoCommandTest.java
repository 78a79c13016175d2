package io.github.volfram.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DemoCommandTest {

  private static CliProcess demo;
  private static String authority;

  @BeforeAll
  static void start() throws Exception {
    demo = CliProcess.start("demo", "--port=0");
    authority = demo.authority();
  }

  @AfterAll
  static void stop() {
    demo.close();
  }

  @Test
  void thePageIsServedAndMayRunNothingButItself() throws Exception {
    HttpResponse<String> response = get("/");
    assertEquals(200, response.statusCode());
    assertEquals(List.of("text/html; charset=utf-8"), response.headers().allValues("content-type"));
    String policy = response.headers().firstValue("content-security-policy").orElseThrow();
    assertTrue(policy.startsWith("default-src 'none';"), policy);
    assertTrue(policy.contains("script-src 'sha256-"), policy);
    assertFalse(policy.contains("unsafe"), policy);
    assertTrue(response.body().contains(" backend"), response.body());
    assertFalse(response.body().contains("{{"), response.body());
    assertFalse(response.body().contains("src=\""), "nothing is loaded from elsewhere");
  }

  @Test
  void aHeadRequestHasNoBody() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/"))
            .method("HEAD", HttpRequest.BodyPublishers.noBody())
            .build();
    HttpResponse<String> response = send(request);
    assertEquals(200, response.statusCode());
    assertEquals("", response.body());
  }

  @Test
  void otherPathsAreRefused() throws Exception {
    assertEquals(404, get("/secret").statusCode());
    assertEquals(426, get("/echo").statusCode());
    assertThrows(CompletionException.class, () -> JdkPeer.connect(url("/other")));
  }

  @Test
  void theEchoAnswersPagesOfItsOwnOriginOnly() throws Exception {
    JdkPeer own = JdkPeer.connect(url("/echo"), "Origin", "http://" + authority);
    own.send("Hello");
    assertEquals("Hello", own.text());
    assertThrows(
        CompletionException.class,
        () -> JdkPeer.connect(url("/echo"), "Origin", "https://example.org"));
  }

  @Test
  void whatOneSaysInTheChatEverybodyHears() throws Exception {
    JdkPeer ada = JdkPeer.connect(url("/chat?name=Ada"));
    assertEquals("* Ada joined (1 here)", ada.text());
    JdkPeer grace = JdkPeer.connect(url("/chat?name=Grace"));
    assertEquals("* Grace joined (2 here)", ada.text());
    assertEquals("* Grace joined (2 here)", grace.text());
    ada.send("Hello <b>");
    assertEquals("Ada: Hello <b>", ada.text());
    assertEquals("Ada: Hello <b>", grace.text());
    grace.webSocket().sendClose(1000, "").join();
    assertEquals("* Grace left (1 here)", ada.text());
    ada.webSocket().sendClose(1000, "").join();
    ada.assertClosedWith(1000);
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(path)).build());
  }

  private static HttpResponse<String> send(HttpRequest request) throws Exception {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static URI uri(String path) {
    return URI.create("http://" + authority + path);
  }

  private static String url(String path) {
    return "ws://" + authority + path;
  }
}
