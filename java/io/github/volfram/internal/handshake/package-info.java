/**
 * The opening handshake (RFC 6455 §4): bytes in, decisions and bytes out; no channel, clock or
 * thread.
 */
@NullMarked
package io.github.volfram.internal.handshake;

import org.jspecify.annotations.NullMarked;
