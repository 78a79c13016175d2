/** The seam between the event loop and the operating system. */
@NullMarked
package io.github.volfram.internal.transport;

import org.jspecify.annotations.NullMarked;
