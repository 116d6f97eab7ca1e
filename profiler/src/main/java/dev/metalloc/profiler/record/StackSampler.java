// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * Chooses of one thread's followed blocks those whose call site is taken, and takes it.
 *
 * <p>A walk costs tens of microseconds and leaves garbage, so the mean distance grows where walks take too much of the time ({@link
 * StackDuty}). The block's {@link BlockMeta} has the step it was taken at, and so its weight.
 */
final class StackSampler {
    private final Recorder recorder;
    private final PickOdds odds;
    private final FrameBuffer frames = new FrameBuffer();
    /** Tosses for blocks that were picked by their size. */
    private final ByteSampler picked;
    /** Picks among blocks that are followed in any case. */
    private ByteSampler certain;

    /** That of the duty when the distance was drawn. */
    private int step;

    private boolean walking;
    private long sampleCount;
    private long sampleNanos;

    StackSampler(Recorder recorder, PickOdds odds, ByteSampler picked, long seed) {
        this.recorder = recorder;
        this.odds = odds;
        this.picked = picked;
        this.step = recorder.stackDuty.step();
        this.certain = new ByteSampler(recorder.stackMeanBytes(step), seed);
    }

    /** The {@link BlockMeta}, but for its owner, of a block that is followed; isCertain where the dice were not asked. */
    long meta(int entryPoint, long byteSize, boolean isCertain) {
        int flags = (isCertain ? BlockMeta.CERTAIN_BLOCK : 0) | entryPoint;
        if (isCertain && recorder.takesCertainStack()) {
            flags |= BlockMeta.CERTAIN_SITE;
        } else if (isCertain ? certain.skips(byteSize) : !tosses(byteSize)) {
            return flags;
        }
        return take(entryPoint, byteSize, flags);
    }

    /** The same where all blocks are followed, and the caller keeps the {@link #distance} to the next one that is due. */
    long metaOfAll(int entryPoint, long byteSize, boolean isDue) {
        int flags = BlockMeta.CERTAIN_BLOCK | entryPoint;
        if (recorder.takesCertainStack()) {
            flags |= BlockMeta.CERTAIN_SITE;
        } else if (!isDue) {
            return flags;
        }
        return take(entryPoint, byteSize, flags);
    }

    /** To the next block whose call site is taken, in bytes; drawn anew where {@link #step} has changed. */
    long distance() {
        return certain.nextDistance();
    }

    int step() {
        return step;
    }

    long sampleCount() {
        return sampleCount;
    }

    long sampleNanos() {
        return sampleNanos;
    }

    /** So that, picked or not, a stack is taken by a process of its own mean distance. */
    private boolean tosses(long byteSize) {
        return picked.tosses(odds.stackShare(byteSize, step));
    }

    @OutOfLine
    private long take(int entryPoint, long byteSize, int flags) {
        if ((flags & (BlockMeta.CERTAIN_BLOCK | BlockMeta.CERTAIN_SITE)) == BlockMeta.CERTAIN_BLOCK) {
            certain.rearm();
        }
        if (walking) {
            return flags;
        }
        walking = true;
        long start = System.nanoTime();
        long meta;
        try {
            recorder.stacks.walk(frames);
            int number = recorder.sites.intern(entryPoint, frames);
            meta = flags | BlockMeta.siteAndStep(number, step);
            SiteRecord site = recorder.sites.site(number);
            if (site != null) {
                long weight = recorder.siteWeight(byteSize, meta);
                site.allocated(byteSize, weight);
                site.vote(frames, weight);
            }
        } finally {
            frames.clear();
            walking = false;
        }
        sampleCount++;
        long nanos = System.nanoTime() - start;
        sampleNanos += nanos;
        if ((flags & BlockMeta.CERTAIN_SITE) == 0) {
            recorder.stackDuty.weigh(nanos, recorder.elapsedNanos());
            adoptStep();
        }
        return meta;
    }

    /** A Poisson process has no memory, so a distance may be drawn anew at any time. */
    private void adoptStep() {
        int current = recorder.stackDuty.step();
        if (current != step) {
            step = current;
            certain = new ByteSampler(recorder.stackMeanBytes(step), sampleNanos ^ System.nanoTime());
        }
    }
}
