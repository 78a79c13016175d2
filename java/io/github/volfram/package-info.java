/** The public API: WebSocket servers, clients and caller-driven streams. */
@NullMarked
package io.github.volfram;

import org.jspecify.annotations.NullMarked;
