package io.github.volfram.internal.engine;

import io.github.volfram.HandshakeException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/** The answer of a server that did not make a WebSocket, as the JDK's client shows it. */
record JdkResponse(int statusCode, HttpHeaders headers, String body, URI uri)
    implements HttpResponse<String> {

  static JdkResponse of(URI uri, HandshakeException refused) {
    return new JdkResponse(
        refused.status(),
        HttpHeaders.of(refused.headers(), (name, value) -> true),
        new String(refused.bodyPrefix(), StandardCharsets.UTF_8),
        httpUri(uri));
  }

  private static URI httpUri(URI uri) {
    String text = uri.toString();
    return URI.create("http" + text.substring("ws".length())); // wss becomes https
  }

  @Override
  public HttpRequest request() {
    return HttpRequest.newBuilder(uri).build();
  }

  @Override
  public Optional<HttpResponse<String>> previousResponse() {
    return Optional.empty();
  }

  @Override
  public Optional<SSLSession> sslSession() {
    return Optional.empty();
  }

  @Override
  public HttpClient.Version version() {
    return HttpClient.Version.HTTP_1_1;
  }
}
