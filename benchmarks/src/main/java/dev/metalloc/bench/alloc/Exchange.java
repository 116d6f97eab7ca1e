// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Slots through which the threads of a benchmark swap sets of blocks, full for full or empty for empty.
 *
 * <p>Any thread, no locks: a set belongs to whoever took it out.
 */
@State(Scope.Benchmark)
public class Exchange {

    /** More than threads, so that what is found in a slot was mostly left there by another thread. */
    static final int SLOTS = 16;

    private static final int MOST_SLOTS = 1000;

    private final AtomicReferenceArray<@Nullable Blocks> slots = new AtomicReferenceArray<>(MOST_SLOTS);

    /** Leaves a set in a slot and takes what was there, if anything. */
    @Nullable
    Blocks swap(int slot, Blocks mine) {
        return slots.getAndSet(slot, mine);
    }

    @TearDown
    public void tearDown() {
        for (int slot = 0; slot < MOST_SLOTS; slot++) {
            Blocks left = slots.getAndSet(slot, null);
            if (left != null) {
                left.freeAll();
            }
        }
    }
}
