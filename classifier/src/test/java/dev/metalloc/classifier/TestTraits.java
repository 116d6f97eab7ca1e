// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.Flag;
import dev.metalloc.allocators.api.ThreadModel;
import java.util.List;
import java.util.Set;

/** Traits of the five kinds of allocators. */
public final class TestTraits {

    public static final AllocatorTraits BUMP = new AllocatorTraits(
            "bump",
            1,
            1L << 20,
            4096,
            Set.of(Flag.BULK_FREE, Flag.LIFO_FREE, Flag.FEW_FREES, Flag.SHORT_RUN),
            Set.of(Flag.RANDOM_FREE, Flag.REMOTE_FREE),
            1000,
            0,
            false,
            false,
            ThreadModel.CONFINED);
    public static final AllocatorTraits SLAB = new AllocatorTraits(
            "slab",
            1,
            32 << 10,
            4096,
            Set.of(Flag.FEW_SIZES, Flag.FIXED_SIZE, Flag.REMOTE_FREE, Flag.SMALL),
            Set.of(),
            10_000,
            2,
            true,
            true,
            ThreadModel.THREAD_CACHED);
    public static final AllocatorTraits BUDDY = new AllocatorTraits(
            "buddy",
            1,
            16 << 20,
            1 << 20,
            Set.of(Flag.MEDIUM, Flag.LARGE, Flag.POWER_OF_TWO),
            Set.of(Flag.HUGE),
            10_000,
            1,
            true,
            true,
            ThreadModel.LOCKED);
    public static final AllocatorTraits SEGREGATED = new AllocatorTraits(
            "segregated",
            1,
            16 << 20,
            4096,
            Set.of(Flag.MANY_SIZES, Flag.MIXED_LIVED, Flag.FRAGMENTATION_PRONE, Flag.GROWING),
            Set.of(),
            10_000,
            16,
            true,
            true,
            ThreadModel.LOCKED);
    public static final AllocatorTraits SYSTEM = new AllocatorTraits(
            "system", 0, Long.MAX_VALUE, 1L << 30, Set.of(), Set.of(), 0, 16, true, true, ThreadModel.THREAD_CACHED);

    public static final List<AllocatorTraits> ALL = List.of(BUMP, SLAB, BUDDY, SEGREGATED, SYSTEM);

    private TestTraits() {}
}
