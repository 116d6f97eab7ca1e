// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/** The most bytes that neighbouring bands of one entry point were seen to hold together; guarded by the registry's reading lock. */
final class RangePeakBytes {
    static final int HELD_BYTES = 8 * SizeBands.RANGES + 64;

    private final long[] peaks = new long[SizeBands.RANGES];
    /** A bit for each band that was seen to hold anything. */
    private long seen;

    /**
     * Raises what is exceeded.
     *
     * @param bandBytes what each band holds now
     * @param mostBytes what all of them cannot exceed
     */
    void raise(long[] bandBytes, long mostBytes) {
        for (int band = 0; band < SizeBands.COUNT; band++) {
            if (bandBytes[band] > 0 && (seen & 1L << band) == 0) {
                see(band);
            }
        }
        for (long firsts = seen; firsts != 0; firsts &= firsts - 1) {
            int from = Long.numberOfTrailingZeros(firsts);
            long sum = 0;
            for (long lasts = firsts; lasts != 0; lasts &= lasts - 1) {
                int to = Long.numberOfTrailingZeros(lasts);
                sum += bandBytes[to];
                int range = SizeBands.range(from, to);
                peaks[range] = Math.max(peaks[range], Math.min(sum, mostBytes));
            }
        }
    }

    /** What ranges around the band held before, they held without it. */
    private void see(int band) {
        long below = seen & ((1L << band) - 1);
        long above = seen & -(1L << band);
        int nextBelow = Long.SIZE - 1 - Long.numberOfLeadingZeros(below);
        int nextAbove = Long.numberOfTrailingZeros(above);
        for (long firsts = below; firsts != 0; firsts &= firsts - 1) {
            int from = Long.numberOfTrailingZeros(firsts);
            peaks[SizeBands.range(from, band)] = peaks[SizeBands.range(from, nextBelow)];
        }
        for (long lasts = above; lasts != 0; lasts &= lasts - 1) {
            int to = Long.numberOfTrailingZeros(lasts);
            peaks[SizeBands.range(band, to)] = peaks[SizeBands.range(nextAbove, to)];
        }
        seen |= 1L << band;
    }

    /** By {@link SizeBands#range}; ranges that end at a band never seen are 0. */
    long[] copy() {
        return peaks.clone();
    }
}
