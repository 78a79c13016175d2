/** Libraries as clients of one echo server, each a closed loop on as many connections as asked. */
package io.github.volfram.benchmarks.clients;
