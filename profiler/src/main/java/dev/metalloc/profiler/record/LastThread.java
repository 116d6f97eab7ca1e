// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * Which thread was seen recording last, of those that are looked at; any thread. Racy: two at once may both be new, which they are.
 *
 * <p>In an array, amid cells that nobody uses: what lies beside it would be another thread's again each time that it changes.
 */
final class LastThread {
    private static final int CELL = 16;
    private static final long NOBODY = -1;

    private final long[] cells = new long[2 * CELL];

    LastThread() {
        cells[CELL] = NOBODY;
    }

    /** Sees a thread; answers whether it is another than the last one. */
    boolean isTakenOver(long owner) {
        if (cells[CELL] == owner) {
            return false;
        }
        cells[CELL] = owner;
        return true;
    }
}
