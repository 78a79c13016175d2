/**
 * Framing and messages (RFC 6455 §5 to §8): bytes in, events and bytes out; no channel, clock or
 * thread.
 */
@NullMarked
package io.github.volfram.internal.frame;

import org.jspecify.annotations.NullMarked;
