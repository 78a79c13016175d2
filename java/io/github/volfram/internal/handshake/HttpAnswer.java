package io.github.volfram.internal.handshake;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/** Writes heads and whole answers as bytes (RFC 9112 §3, §4). Stateless. */
final class HttpAnswer {

  private HttpAnswer() {}

  /** A head: the start line, the headers, the empty line. */
  static byte[] head(String startLine, HttpHeaders headers) {
    StringBuilder text = new StringBuilder(startLine).append("\r\n");
    for (int i = 0; i < headers.size(); i++) {
      text.append(headers.name(i)).append(": ").append(headers.value(i)).append("\r\n");
    }
    return text.append("\r\n").toString().getBytes(ISO_8859_1);
  }

  /**
   * A final answer after which the connection closes.
   *
   * @param withBody whether the body follows its length: not for HEAD (RFC 9110 §9.3.2)
   */
  static byte[] closing(int status, HttpHeaders headers, byte[] body, boolean withBody) {
    HttpHeaders.Builder all = HttpHeaders.builder().addAll(headers);
    if (status == 204) {
      // RFC 9110 §8.6: such an answer has neither a body nor a length.
      withBody = false;
    } else {
      all.add("Content-Length", Integer.toString(body.length));
    }
    boolean upgradeNamed = headers.contains("Upgrade");
    // Upgrade must be listed in Connection to be read by the next hop (RFC 9110 §7.8).
    all.add("Connection", upgradeNamed ? "close, Upgrade" : "close");
    byte[] head = head("HTTP/1.1 " + status + " " + reason(status), all.build());
    if (!withBody || body.length == 0) {
      return head;
    }
    byte[] answer = new byte[head.length + body.length];
    System.arraycopy(head, 0, answer, 0, head.length);
    System.arraycopy(body, 0, answer, head.length, body.length);
    return answer;
  }

  /** A final answer with a line of text as its body. */
  static byte[] closing(int status, HttpHeaders extra, String line, boolean withBody) {
    HttpHeaders headers =
        HttpHeaders.builder()
            .addAll(extra)
            .add("Content-Type", "text/plain; charset=utf-8")
            .build();
    return closing(status, headers, (line + "\n").getBytes(UTF_8), withBody);
  }

  static String reason(int status) {
    return switch (status) {
      case 101 -> "Switching Protocols";
      case 200 -> "OK";
      case 201 -> "Created";
      case 202 -> "Accepted";
      case 204 -> "No Content";
      case 301 -> "Moved Permanently";
      case 302 -> "Found";
      case 303 -> "See Other";
      case 304 -> "Not Modified";
      case 307 -> "Temporary Redirect";
      case 308 -> "Permanent Redirect";
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 406 -> "Not Acceptable";
      case 408 -> "Request Timeout";
      case 409 -> "Conflict";
      case 410 -> "Gone";
      case 413 -> "Content Too Large";
      case 414 -> "URI Too Long";
      case 421 -> "Misdirected Request";
      case 422 -> "Unprocessable Content";
      case 426 -> "Upgrade Required";
      case 428 -> "Precondition Required";
      case 429 -> "Too Many Requests";
      case 431 -> "Request Header Fields Too Large";
      case 451 -> "Unavailable For Legal Reasons";
      case 500 -> "Internal Server Error";
      case 501 -> "Not Implemented";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      case 505 -> "HTTP Version Not Supported";
      case 511 -> "Network Authentication Required";
      default -> "";
    };
  }
}
