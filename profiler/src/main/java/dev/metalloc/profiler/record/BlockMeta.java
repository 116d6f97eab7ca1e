// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * Who allocated a block, packed into a long.
 *
 * <pre>
 *   63          44 43          24 23        8 7       6 5    4 3           0
 *  | generation   | slot         | site      | certain  | step | entry point |
 *  |------- owner, 40 bits ------|
 * </pre>
 *
 * Site 0: not sampled. A certain block, or a certain site, was taken whatever the dice said, and stands for itself alone. The step
 * is that of the {@link StackDuty} when the site was taken.
 */
final class BlockMeta {
    static final int SLOT_BITS = 20;
    static final int MAX_STEP = 3;

    private static final int OWNER_SHIFT = 24;
    private static final int SITE_SHIFT = 8;
    private static final int STEP_SHIFT = 4;
    static final int CERTAIN_BLOCK = 1 << 6;
    static final int CERTAIN_SITE = 1 << 7;
    private static final int ENTRY_MASK = (1 << STEP_SHIFT) - 1;

    private BlockMeta() {}

    /** The generation tells the threads that had a slot one after the other apart; it wraps after a million threads. */
    static long owner(long generation, int slot) {
        return ((generation & ((1L << SLOT_BITS) - 1)) << SLOT_BITS) | slot;
    }

    static int slot(long owner) {
        return (int) owner & ((1 << SLOT_BITS) - 1);
    }

    /** To be added to the flags and the entry point, as is {@link #ofOwner}. */
    static long siteAndStep(int site, int step) {
        return ((long) site << SITE_SHIFT) | (step << STEP_SHIFT);
    }

    static long ofOwner(long owner) {
        return owner << OWNER_SHIFT;
    }

    static long owner(long meta) {
        return meta >>> OWNER_SHIFT;
    }

    static int site(long meta) {
        return (int) (meta >>> SITE_SHIFT) & 0xFFFF;
    }

    static int step(long meta) {
        return (int) meta >>> STEP_SHIFT & MAX_STEP;
    }

    static int entryPoint(long meta) {
        return (int) meta & ENTRY_MASK;
    }
}
