/** The command line: demo, echo, connect and doctor. */
@NullMarked
package io.github.volfram.cli;

import org.jspecify.annotations.NullMarked;
