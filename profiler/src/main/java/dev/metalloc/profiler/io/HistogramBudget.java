// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.io;

import java.nio.ByteBuffer;

/**
 * Bounds what the histograms of one file may take in memory: forty bytes can describe one of megabytes.
 *
 * <p>Knows the header of HdrHistogram's V2 encoding: cookie, payload length, normalizing offset, digits (4 bytes each),
 * lowest and highest trackable value, conversion ratio (8 bytes each).
 */
final class HistogramBudget {
    /** Histogram.V2EncodingCookieBase with the word size bits that its encoder always sets. */
    private static final int COOKIE = 0x1c84_9303 | 0x10;

    private static final int HEADER_BYTES = 40;
    private static final int MAX_DIGITS = 3;

    private long bytesLeft = ProfileFormat.MAX_BYTES;

    /** Checks the header and takes the decoded size off the budget; the buffer's position stays. */
    void take(ByteBuffer encoded) throws ProfileFormatException {
        int at = encoded.position();
        if (encoded.remaining() < HEADER_BYTES) {
            throw ProfileInput.damaged("a histogram has no header");
        }
        int digits = encoded.getInt(at + 12);
        long lowest = encoded.getLong(at + 16);
        long highest = encoded.getLong(at + 24);
        boolean known = encoded.getInt(at) == COOKIE
                && encoded.getInt(at + 4) == encoded.remaining() - HEADER_BYTES
                && encoded.getInt(at + 8) == 0
                && digits >= 0
                && digits <= MAX_DIGITS
                && lowest == 1
                && highest >= 2
                && encoded.getDouble(at + 32) == 1.0;
        if (!known) {
            throw ProfileInput.damaged("a histogram's header is not one of ours");
        }
        bytesLeft -= decodedBytes(digits, highest);
        if (bytesLeft < 0) {
            throw new ProfileFormatException(
                    "profile would take more than " + (ProfileFormat.MAX_BYTES >> 20) + " MiB in memory");
        }
    }

    private static long decodedBytes(int digits, long highest) {
        long perOctave = Long.highestOneBit(2L * (long) Math.pow(10, digits)) * Long.BYTES;
        long octaves = 2L + Long.SIZE - Long.numberOfLeadingZeros(highest);
        return perOctave * octaves;
    }
}
