/** The transport on java.nio, for every platform. */
@NullMarked
package io.github.volfram.internal.transport.nio;

import org.jspecify.annotations.NullMarked;
