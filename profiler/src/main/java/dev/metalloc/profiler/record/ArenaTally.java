// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;

/** Exact counts and requested bytes of one arena's blocks by size band; one thread at a time. Most arenas have one band or two. */
final class ArenaTally {
    private static final int FIRST_BANDS = 4;
    /** A count and its band in one long. */
    private static final int BAND_BITS = 6;

    private static final int BAND_MASK = (1 << BAND_BITS) - 1;

    private long[] countsAndBytes = new long[2 * FIRST_BANDS];
    private int length;

    void add(int band, long byteSize) {
        int at = 0;
        while (at < length && ((int) countsAndBytes[at] & BAND_MASK) != band) {
            at += 2;
        }
        if (at == length) {
            addBand(band);
        }
        countsAndBytes[at] += 1 << BAND_BITS;
        countsAndBytes[at + 1] += byteSize;
    }

    private void addBand(int band) {
        if (length == countsAndBytes.length) {
            countsAndBytes = Arrays.copyOf(countsAndBytes, 2 * length);
        }
        countsAndBytes[length] = band;
        countsAndBytes[length + 1] = 0;
        length += 2;
    }

    int bandCount() {
        return length / 2;
    }

    int band(int index) {
        return (int) countsAndBytes[2 * index] & BAND_MASK;
    }

    long blockCount(int index) {
        return countsAndBytes[2 * index] >>> BAND_BITS;
    }

    long byteCount(int index) {
        return countsAndBytes[2 * index + 1];
    }

    void clear() {
        length = 0;
    }
}
