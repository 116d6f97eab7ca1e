// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.layout.SizeClasses;
import java.util.Arrays;

/** Slab allocators of one class, of four blocks a slab, so that a few calls reach every slow path; and what they must hold. */
final class SmallSlabs {

    static final int BLOCK_BYTES = 1024;
    private static final int SLAB_BYTES = 4096;
    private static final int SLABS = 16;
    private static final SizeClasses CLASSES = SizeClasses.parse(String.valueOf(BLOCK_BYTES));

    private SmallSlabs() {}

    static SlabAllocator create() {
        return new SlabAllocator(new AddressSpace(), CLASSES, SLAB_BYTES, SLAB_BYTES * SLABS);
    }

    /** Allocates once for each place. */
    static void allocate(SlabAllocator slabs, long[] blocks) {
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = slabs.allocate(BLOCK_BYTES, 16);
        }
    }

    /** Whether no address that is not 0 comes twice. */
    static boolean areDistinct(long[]... blocks) {
        long[] all = new long[0];
        for (long[] some : blocks) {
            int length = all.length;
            all = Arrays.copyOf(all, length + some.length);
            System.arraycopy(some, 0, all, length, some.length);
        }
        Arrays.sort(all);
        for (int i = 1; i < all.length; i++) {
            if (all[i] != 0 && all[i] == all[i - 1]) {
                return false;
            }
        }
        return true;
    }

    /** Live blocks, after all structures were walked; -1 where an equation does not hold. */
    static int liveCount(SlabAllocator slabs) {
        try {
            slabs.validate();
            return (int) slabs.stats().liveCount();
        } catch (IllegalStateException e) {
            return -1;
        }
    }
}
