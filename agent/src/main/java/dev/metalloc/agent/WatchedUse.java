// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.FrameStacks;
import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.agent.runtime.ServedEntry;
import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.policy.plan.ExpectedUse;
import org.jspecify.annotations.Nullable;

/** Something that serves, beside what was expected of it, and what is to be done where it departs from that. */
abstract class WatchedUse {

    private final String name;
    private final UseWatch watch;

    private WatchedUse(String name, ExpectedUse expected) {
        this.name = name;
        this.watch = new UseWatch(expected);
    }

    /** What it is called in reports. */
    String name() {
        return name;
    }

    /** How it departs now, or null. */
    @Nullable
    String look() {
        return watch.look(observe());
    }

    abstract Observation observe();

    /** Whether new blocks still come from it. */
    abstract boolean isServing();

    /** Whether it departed from its profile before. */
    abstract boolean isOver();

    /** Sends new blocks to the JDK; those that are live are freed where they came from. */
    abstract void fallBack();

    /** The sizes asked of an entry, over all its rules. */
    static WatchedUse sizes(String name, ServedEntry entry, double share) {
        return new OfEntry(name, entry, null, new ExpectedUse(share, -1, -1));
    }

    /** The frees and the memory of one rule's allocator. */
    static WatchedUse rule(String name, ServedEntry entry, OffHeapAllocator part, ExpectedUse expected) {
        return new OfEntry(name, entry, part, new ExpectedUse(-1, expected.remoteFreeRatio(), expected.peakBytes()));
    }

    static WatchedUse frames(String name, FrameStacks frames, ExpectedUse expected) {
        return new OfFrames(name, frames, new ExpectedUse(expected.share(), -1, expected.peakBytes()));
    }

    private static final class OfEntry extends WatchedUse {
        private final ServedEntry entry;
        private final @Nullable OffHeapAllocator part;

        OfEntry(String name, ServedEntry entry, @Nullable OffHeapAllocator part, ExpectedUse expected) {
            super(name, expected);
            this.entry = entry;
            this.part = part;
        }

        @Override
        Observation observe() {
            if (part == null) {
                return new Observation(entry.servedCount(), entry.missedCount(), 0, -1, 0);
            }
            AllocatorStats stats = part.stats();
            return new Observation(
                    stats.allocateCount(), 0, stats.freeCount(), part.remoteFreeCount(), stats.committedBytes());
        }

        @Override
        boolean isServing() {
            return RunState.isServedBy(entry);
        }

        @Override
        boolean isOver() {
            return entry.hasDeparted();
        }

        @Override
        void fallBack() {
            RunState.depart(entry);
        }
    }

    private static final class OfFrames extends WatchedUse {
        private final FrameStacks frames;

        OfFrames(String name, FrameStacks frames, ExpectedUse expected) {
            super(name, expected);
            this.frames = frames;
        }

        @Override
        Observation observe() {
            return new Observation(frames.openedCount(), frames.missedCount(), 0, -1, frames.committedBytes());
        }

        @Override
        boolean isServing() {
            return RunState.servesFrames();
        }

        @Override
        boolean isOver() {
            return RunState.haveFramesDeparted();
        }

        @Override
        void fallBack() {
            RunState.departFrames();
        }
    }
}
