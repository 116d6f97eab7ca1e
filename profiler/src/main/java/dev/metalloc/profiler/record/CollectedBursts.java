// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import org.jspecify.annotations.Nullable;

/** Stretches of several threads ({@link Bursts}), evenly chosen where there are too many; one thread at a time. */
final class CollectedBursts {
    static final int MOST = 2 * Bursts.MOST;

    private final long[] @Nullable [] rows = new long[MOST][];
    private int count;
    private int every = 1;
    private int offered;

    void add(long[] row) {
        if (offered++ % every != 0) {
            return;
        }
        if (count == MOST) {
            thin();
        }
        rows[count++] = row;
    }

    private void thin() {
        count = MOST / 2;
        every *= 2;
        for (int i = 0; i < MOST; i++) {
            rows[i] = i < count ? rows[2 * i] : null;
        }
    }

    void addTo(CollectedBursts other) {
        for (int i = 0; i < count; i++) {
            long[] row = rows[i];
            if (row != null) {
                other.add(row);
            }
        }
    }

    /** Of the stretches as they are now. */
    long[][] copies() {
        long[][] copies = new long[count][];
        for (int i = 0; i < count; i++) {
            long[] row = rows[i];
            copies[i] = row == null ? new long[Bursts.ROW] : row.clone();
        }
        return copies;
    }

    long heldBytes() {
        return (long) count * Bursts.ROW * Long.BYTES + MOST * Long.BYTES;
    }
}
