// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The allocations that came from one place in the code through one entry point.
 *
 * @param siteHash stable hash of the frames' class and method names; never 0
 * @param frames innermost first, at most 8, frames of the JDK and of known wrapper packages left out
 * @param sampleCount allocations whose stack was taken
 * @param estimatedAllocateCount allocations the samples stand for
 * @param estimatedAllocateBytes bytes the samples stand for
 * @param sizes requested bytes of the samples, weighted
 * @param lifetimeBytes bytes allocated by the allocating thread between allocate and free, of sampled and freed blocks, weighted
 * @param remoteFreeCount frees of sampled blocks by another thread, weighted
 * @param freeCount frees of sampled blocks, weighted
 * @param behaviour order of frees, reallocations, live bytes and lifetimes in time; {@link SiteBehaviour#UNKNOWN} of older profiles
 */
public record SiteProfile(
        long siteHash,
        EntryPoint entryPoint,
        List<Frame> frames,
        long sampleCount,
        long estimatedAllocateCount,
        long estimatedAllocateBytes,
        Histogram sizes,
        Histogram lifetimeBytes,
        long remoteFreeCount,
        long freeCount,
        SiteBehaviour behaviour) {

    public SiteProfile {
        frames = List.copyOf(frames);
    }

    /** One of whose blocks' behaviour nothing is known. */
    public SiteProfile(
            long siteHash,
            EntryPoint entryPoint,
            List<Frame> frames,
            long sampleCount,
            long estimatedAllocateCount,
            long estimatedAllocateBytes,
            Histogram sizes,
            Histogram lifetimeBytes,
            long remoteFreeCount,
            long freeCount) {
        this(
                siteHash,
                entryPoint,
                frames,
                sampleCount,
                estimatedAllocateCount,
                estimatedAllocateBytes,
                sizes,
                lifetimeBytes,
                remoteFreeCount,
                freeCount,
                SiteBehaviour.UNKNOWN);
    }

    /** The same with another behaviour. */
    public SiteProfile with(SiteBehaviour other) {
        return new SiteProfile(
                siteHash,
                entryPoint,
                frames,
                sampleCount,
                estimatedAllocateCount,
                estimatedAllocateBytes,
                sizes,
                lifetimeBytes,
                remoteFreeCount,
                freeCount,
                other);
    }

    /** One stack frame; {@code line} is -1 where unknown and is no part of the site's identity. */
    public record Frame(String className, String methodName, int line) {
        @Override
        public String toString() {
            return className + "." + methodName + (line >= 0 ? ":" + line : "");
        }
    }
}
