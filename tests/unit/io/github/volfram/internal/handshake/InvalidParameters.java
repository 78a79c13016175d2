package io.github.volfram.internal.handshake;

import java.util.List;

/** What no offer and no answer of permessage-deflate may have (RFC 7692 §7.1). */
public final class InvalidParameters {

  /** Well-formed parameters, as they follow the extension's name. */
  public static final List<String> ALL =
      List.of(
          "unknown",
          "unknown=1",
          "Server_No_Context_Takeover",
          "server_no_context_takeover; server_no_context_takeover",
          "client_no_context_takeover; client_no_context_takeover",
          "server_max_window_bits=15; server_max_window_bits=15",
          "client_max_window_bits; client_max_window_bits",
          "client_max_window_bits; client_max_window_bits=15",
          "server_no_context_takeover=1",
          "client_no_context_takeover=true",
          "server_max_window_bits",
          "server_max_window_bits=0",
          "server_max_window_bits=7",
          "server_max_window_bits=16",
          "server_max_window_bits=08",
          "server_max_window_bits=015",
          "server_max_window_bits=+9",
          "server_max_window_bits=-9",
          "server_max_window_bits=9.0",
          "server_max_window_bits=x",
          "server_max_window_bits=4294967305",
          "server_max_window_bits=\"15\"",
          "client_max_window_bits=0",
          "client_max_window_bits=7",
          "client_max_window_bits=16",
          "client_max_window_bits=08",
          "client_max_window_bits=\"15\"");

  private InvalidParameters() {}
}
