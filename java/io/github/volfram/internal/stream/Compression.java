package io.github.volfram.internal.stream;

import io.github.volfram.internal.frame.DeflateParameters;
import io.github.volfram.internal.frame.DeflatePool;

/**
 * The compression that the two ends of one stream agreed on (RFC 7692).
 *
 * @param thresholdBytes messages shorter than this are sent as they are
 * @param pool shared with other streams
 */
public record Compression(DeflateParameters parameters, int thresholdBytes, DeflatePool pool) {}
