// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.concurrent.atomic.AtomicInteger;

/** How many stretches ({@link Bursts}) all threads together may have. */
final class BurstRoom {
    /** Some 1.5 to 2 MiB. */
    static final int MOST_ROWS = 512;

    private final AtomicInteger left = new AtomicInteger(MOST_ROWS);

    /** Room for one; false where there is none. */
    boolean take() {
        if (left.getAndDecrement() > 0) {
            return true;
        }
        left.getAndIncrement();
        return false;
    }

    void give(int rows) {
        left.getAndAdd(rows);
    }
}
