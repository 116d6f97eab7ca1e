// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * Chooses of one thread's followed blocks those whose call site is taken, and takes it.
 *
 * <p>A walk costs tens of microseconds and leaves garbage, so a thread that allocates fast is walked more rarely: where {@value
 * #WALKS_PER_STEP} walks took more than one part in {@value #DUTY_DIVISOR} of the time, the mean distance becomes {@value
 * #STEP_FACTOR} times as large, for good. The block's {@link BlockMeta} has the step it was taken at, and so its weight.
 */
final class StackSampler {
    static final int WALKS_PER_STEP = 64;
    static final long DUTY_DIVISOR = 1024;
    static final int STEP_FACTOR = 8;

    private final Recorder recorder;
    private final FrameBuffer frames = new FrameBuffer();
    /** Tosses for blocks that were picked by their size. */
    private final ByteSampler picked;
    /** Picks among blocks that are followed in any case. */
    private ByteSampler certain;

    private int step;
    /** Of the walks whose duty is being measured. */
    private int walkCount;

    private long walkNanos;
    private long walksBeganNanos;
    private boolean walking;
    private long sampleCount;
    private long sampleNanos;

    StackSampler(Recorder recorder, ByteSampler picked, long seed) {
        this.recorder = recorder;
        this.walksBeganNanos = recorder.elapsedNanos();
        this.picked = picked;
        this.certain = new ByteSampler(recorder.stackMeanBytes(0), seed);
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
        double taken = ByteSampler.probability(recorder.stackMeanBytes(step), byteSize);
        return picked.tosses(taken / ByteSampler.probability(recorder.lifetimeMeanBytes, byteSize));
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
        int number;
        try {
            recorder.stacks.walk(frames);
            number = recorder.sites.intern(entryPoint, frames);
        } finally {
            frames.clear();
            walking = false;
        }
        sampleCount++;
        long nanos = System.nanoTime() - start;
        sampleNanos += nanos;
        long meta = flags | BlockMeta.siteAndStep(number, step);
        SiteRecord site = recorder.sites.site(number);
        if (site != null) {
            site.allocated(byteSize, recorder.siteWeight(byteSize, meta));
        }
        if ((flags & BlockMeta.CERTAIN_SITE) == 0) {
            weighDuty(nanos);
        }
        return meta;
    }

    /** Where nothing moves the clock, nothing is weighed. */
    private void weighDuty(long nanos) {
        walkNanos += nanos;
        walkCount++;
        if (walkCount < WALKS_PER_STEP) {
            return;
        }
        long now = recorder.elapsedNanos();
        boolean isDear = now > walksBeganNanos && walkNanos > (now - walksBeganNanos) / DUTY_DIVISOR;
        walkCount = 0;
        walkNanos = 0;
        walksBeganNanos = now;
        if (isDear && step < BlockMeta.MAX_STEP) {
            step++;
            certain = new ByteSampler(recorder.stackMeanBytes(step), sampleNanos);
        }
    }
}
