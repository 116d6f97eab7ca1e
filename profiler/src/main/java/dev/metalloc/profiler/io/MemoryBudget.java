// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.io;

import dev.metalloc.profiler.api.LifetimeBuckets;
import java.nio.ByteBuffer;

/**
 * Bounds what one file may take in memory, where that is more than its bytes: five can describe a thread with two histograms, forty a
 * histogram of megabytes.
 *
 * <p>Knows the header of HdrHistogram's V2 encoding: cookie, payload length, normalizing offset, digits (4 bytes each),
 * lowest and highest trackable value, conversion ratio (8 bytes each).
 */
final class MemoryBudget {
    /** Histogram.V2EncodingCookieBase with the word size bits that its encoder always sets. */
    private static final int COOKIE = 0x1c84_9303 | 0x10;

    private static final int HEADER_BYTES = 40;
    private static final int MAX_DIGITS = 3;
    /** The object and what hangs on it, but for the counts. */
    private static final int HISTOGRAM_BYTES = 512;

    private static final int STRING_BYTES = 64;
    /** Of a list: a small object and the reference to it. */
    private static final int ELEMENT_BYTES = 64;

    /** Of a {@link dev.metalloc.profiler.api.SiteBehaviour}: its figures, its buckets, and the objects around them. */
    private static final int SITE_BEHAVIOUR_BYTES = 160 + Long.BYTES * LifetimeBuckets.COUNT;

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
        take(decodedBytes(digits, highest));
    }

    /** Before so many histograms are made that have nothing in them. */
    void takeEmptyHistograms(int count, int digits) throws ProfileFormatException {
        take(count * decodedBytes(digits, 2));
    }

    /** Before a string is made of so many bytes. */
    void takeString(int byteSize) throws ProfileFormatException {
        take(STRING_BYTES + (long) Character.BYTES * byteSize);
    }

    /** Before a list is made of so many elements; their histograms apart. */
    void takeElements(int count) throws ProfileFormatException {
        take((long) ELEMENT_BYTES * count);
    }

    /** Before so many sites are told what becomes of their blocks. */
    void takeSiteBehaviours(int count) throws ProfileFormatException {
        take((long) SITE_BEHAVIOUR_BYTES * count);
    }

    private void take(long bytes) throws ProfileFormatException {
        bytesLeft -= bytes;
        if (bytesLeft < 0) {
            throw new ProfileFormatException(
                    "profile would take more than " + (ProfileFormat.MAX_BYTES >> 20) + " MiB in memory");
        }
    }

    private static long decodedBytes(int digits, long highest) {
        long perOctave = Long.highestOneBit(2L * (long) Math.pow(10, digits)) * Long.BYTES;
        long octaves = 2L + Long.SIZE - Long.numberOfLeadingZeros(highest);
        return HISTOGRAM_BYTES + perOctave * octaves;
    }
}
