/** Other libraries as echo servers, each tuned as its documentation says. */
package io.github.volfram.benchmarks.peers;
