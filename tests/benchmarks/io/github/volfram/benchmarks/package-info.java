/** Measures volfram's parts one by one (JMH), and the servers that it is compared with. */
package io.github.volfram.benchmarks;
