// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import org.jspecify.annotations.Nullable;

/**
 * Says which of one thread's blocks need more than counting: to be followed or, where all are, to have their call site taken.
 *
 * <p>Each entry point covers the bytes that it allocates of a distance to the next such block. What they have covered together is the
 * thread's clock in bytes, which any thread may read.
 */
final class BlockPicker {
    private final boolean followsAll;
    private final ByteSampler sampler;
    private final StackSampler stacks;
    private final @Nullable QuickCounts[] armed = new @Nullable QuickCounts[Recorder.ENTRY_POINTS];
    private int armedCount;
    /** Null where there are several. */
    private @Nullable QuickCounts onlyArmed;
    /** The step of the stacks that the distances were drawn at. */
    private int armedStep;

    BlockPicker(Recorder recorder, PickOdds odds, long seed) {
        this.followsAll = recorder.options.followsAll();
        this.sampler = new ByteSampler(recorder.lifetimeMeanBytes, seed);
        this.stacks = new StackSampler(recorder, odds, sampler, ~seed);
        this.armedStep = stacks.step();
    }

    /** From now on the counts cover a distance. */
    void add(QuickCounts quick) {
        quick.rearm(distance());
        armed[armedCount] = quick;
        armedCount++;
        onlyArmed = armedCount == 1 ? quick : null;
    }

    /** The {@link BlockMeta}, but for its owner, of a block that is followed, its call site included. */
    long meta(EntryRecord entry, long byteSize, boolean isCertain) {
        boolean isDue = entry.quick.isDue();
        long meta = followsAll
                ? stacks.metaOfAll(entry.entryPoint, byteSize, isDue)
                : stacks.meta(entry.entryPoint, byteSize, isCertain);
        if (stacks.step() != armedStep) {
            rearmAll();
        } else if (isDue) {
            entry.quick.rearm(distance());
        }
        return meta;
    }

    long coveredBytes() {
        QuickCounts only = onlyArmed;
        return only != null ? only.clockBytes() : sumOfClocks();
    }

    long stackSampleCount() {
        return stacks.sampleCount();
    }

    long stackSampleNanos() {
        return stacks.sampleNanos();
    }

    private long sumOfClocks() {
        long bytes = 0;
        for (int i = 0; i < armedCount; i++) {
            QuickCounts quick = armed[i];
            bytes += quick == null ? 0 : quick.clockBytes();
        }
        return bytes;
    }

    /** A Poisson process has no memory: what is left of a distance may be drawn anew. */
    private void rearmAll() {
        armedStep = stacks.step();
        for (int i = 0; i < armedCount; i++) {
            QuickCounts quick = armed[i];
            if (quick != null) {
                quick.rearm(distance());
            }
        }
    }

    private long distance() {
        return followsAll ? stacks.distance() : sampler.nextDistance();
    }
}
