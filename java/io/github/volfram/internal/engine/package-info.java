/** Event loops, connections and their registry, outboxes and deadlines. */
@NullMarked
package io.github.volfram.internal.engine;

import org.jspecify.annotations.NullMarked;
