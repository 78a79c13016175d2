/** The caller-driven stream: one connection over a non-blocking channel, without a thread. */
@NullMarked
package io.github.volfram.internal.stream;

import org.jspecify.annotations.NullMarked;
