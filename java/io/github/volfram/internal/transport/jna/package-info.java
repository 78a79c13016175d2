/** The transport on the native library, reached through JNA. */
@NullMarked
package io.github.volfram.internal.transport.jna;

import org.jspecify.annotations.NullMarked;
