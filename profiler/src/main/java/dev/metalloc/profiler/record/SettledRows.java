// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * Where a thread finds the {@link BandRow} of a block with one load; that thread alone.
 *
 * <p>A row settles when the first blocks of its band have been followed. Whatever is not settled is {@link #NONE}, whose smallest
 * size is above all others, so that a check of the sizes seen finds out all that is unusual at once.
 */
final class SettledRows {
    /** Larger blocks take the long way: they are few, and their rows would double each thread's table. */
    private static final int BANDS = 32;
    /** The bands that a size beyond those, or the size 0, would be looked for in. */
    private static final int SPARE_BANDS = Long.SIZE + 1 - BANDS;

    private static final long[] NONE = BandRow.empty();

    static final int HELD_LONGS = (Recorder.ENTRY_POINTS * BANDS + SPARE_BANDS) / 2;

    private SettledRows() {}

    static long[][] none() {
        long[][] rows = new long[Recorder.ENTRY_POINTS * BANDS + SPARE_BANDS][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = NONE;
        }
        return rows;
    }

    /** Band 0 never settles: the size 0 shares its place with that of another entry point. */
    static void settle(long[][] rows, int entryPoint, int band, long[] row) {
        if (band > 0 && band < BANDS) {
            rows[entryPoint * BANDS + band] = row;
        }
    }

    static int index(int entryPoint, long byteSize) {
        return entryPoint * BANDS + Long.SIZE - Long.numberOfLeadingZeros(byteSize - 1);
    }
}
