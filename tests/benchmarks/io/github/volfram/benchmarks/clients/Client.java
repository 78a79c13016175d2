package io.github.volfram.benchmarks.clients;

import java.net.URI;

/** One of the libraries. */
interface Client {

  /** Opens a connection, and returns an action that makes the loop begin on it. */
  Runnable open(URI uri, ClosedLoop loop) throws Exception;
}
