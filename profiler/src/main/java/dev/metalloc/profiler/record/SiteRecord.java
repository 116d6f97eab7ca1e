// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** One call site of one entry point and the sums of its samples; any thread. Weights are in units of 1/256. */
final class SiteRecord {
    private final AtomicLongArray counters = new AtomicLongArray(SiteRow.LENGTH);
    private final AtomicReferenceArray<@Nullable AtomicLongArray> sizes = new AtomicReferenceArray<>(SizeBands.COUNT);
    private final AtomicLongArray lifetimeBytes = new AtomicLongArray(BandRow.LIFETIME_BYTES_BUCKETS);
    final long hash;
    final int entryPoint;
    final String[] classNames;
    final String[] methodNames;
    final int[] lines;
    /** Of the call whose line is the first of {@link #lines}, and by how much it outweighs the method's others so far. */
    private int votedByteCodeIndex;

    private long votes;

    SiteRecord(long hash, int entryPoint, FrameBuffer frames) {
        this.hash = hash;
        this.entryPoint = entryPoint;
        this.classNames = frames.copyOfClassNames();
        this.methodNames = frames.copyOfMethodNames();
        this.lines = frames.copyOfLines();
        this.votedByteCodeIndex = frames.byteCodeIndex();
    }

    /**
     * Lets the innermost method's line be that of the call with more than half of the weight, if one has that. A vote that is lost between threads is of
     * no account. Source: the majority vote of Boyer and Moore (1991).
     */
    void vote(FrameBuffer frames, long weight) {
        int byteCodeIndex = frames.byteCodeIndex();
        if (byteCodeIndex == votedByteCodeIndex) {
            votes += weight;
        } else if (votes >= weight) {
            votes -= weight;
        } else if (lines.length > 0) {
            votedByteCodeIndex = byteCodeIndex;
            votes = weight - votes;
            lines[0] = frames.line();
        }
    }

    void allocated(long byteSize, long weight) {
        counters.getAndIncrement(SiteRow.SAMPLE_COUNT);
        counters.getAndAdd(SiteRow.ALLOCATE_WEIGHT, weight);
        counters.getAndAdd(SiteRow.ALLOCATE_BYTES, ByteSampler.weightedBytes(byteSize, weight));
        int band = SizeBands.band(byteSize);
        bandSizes(band).getAndAdd(SizeBands.siteSubBucket(band, byteSize), weight);
    }

    /** @param lifetime in bytes allocated by the owner, -1 where unknown */
    void freed(long weight, long lifetime, boolean remote) {
        counters.getAndAdd(SiteRow.FREE_WEIGHT, weight);
        if (remote) {
            counters.getAndAdd(SiteRow.REMOTE_FREE_WEIGHT, weight);
        }
        if (lifetime >= 0) {
            lifetimeBytes.getAndAdd(BandRow.lifetimeBytesBucket(lifetime), weight);
        }
    }

    /** The row of a snapshot: {@link SiteRow}. */
    long[] row() {
        long[] row = new long[SiteRow.SIZES + SizeBands.COUNT * SizeBands.SITE_SUB_BUCKETS];
        for (int i = 0; i < SiteRow.LENGTH; i++) {
            row[i] = counters.get(i);
        }
        row[SiteRow.HASH] = hash;
        row[SiteRow.ENTRY_POINT] = entryPoint;
        for (int i = 0; i < lifetimeBytes.length(); i++) {
            row[SiteRow.LIFETIME_BYTES + i] = lifetimeBytes.get(i);
        }
        return java.util.Arrays.copyOf(row, copySizes(row));
    }

    long heldBytes() {
        long bands = 0;
        for (int band = 0; band < sizes.length(); band++) {
            bands += sizes.get(band) == null ? 0 : 1;
        }
        return (SiteRow.LENGTH + lifetimeBytes.length() + SizeBands.COUNT + bands * SizeBands.SITE_SUB_BUCKETS)
                * Long.BYTES;
    }

    /** Answers where the row may end: no larger band has a count. */
    private int copySizes(long[] row) {
        int end = SiteRow.SIZES;
        for (int band = 0; band < sizes.length(); band++) {
            AtomicLongArray counts = sizes.getAcquire(band);
            if (counts != null) {
                end = SiteRow.SIZES + (band + 1) * SizeBands.SITE_SUB_BUCKETS;
                for (int i = 0; i < SizeBands.SITE_SUB_BUCKETS; i++) {
                    row[end - SizeBands.SITE_SUB_BUCKETS + i] = counts.get(i);
                }
            }
        }
        return end;
    }

    private AtomicLongArray bandSizes(int band) {
        AtomicLongArray counts = sizes.getAcquire(band);
        if (counts != null) {
            return counts;
        }
        AtomicLongArray added = new AtomicLongArray(SizeBands.SITE_SUB_BUCKETS);
        AtomicLongArray other = sizes.compareAndExchange(band, null, added);
        return other == null ? added : other;
    }
}
