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
    private final AtomicLongArray lifetimeNanos = new AtomicLongArray(SiteRow.LIFETIME_NANOS_BUCKETS);
    private final SiteOrder order = new SiteOrder();
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
        long bytes = ByteSampler.weightedBytes(byteSize, weight);
        counters.getAndAdd(SiteRow.ALLOCATE_BYTES, bytes);
        counters.getAndAdd(SiteRow.LIVE_BYTES, bytes);
        int band = SizeBands.band(byteSize);
        bandSizes(band).getAndAdd(SizeBands.siteSubBucket(band, byteSize), weight);
    }

    /**
     * A sampled block was freed, or moved by a reallocation.
     *
     * @param livedBytes allocated by the owner meanwhile, -1 where unknown
     * @param threadColumn the order of the free among all of its thread's
     */
    void freed(
            long byteSize,
            long weight,
            long owner,
            long birthBytes,
            long livedBytes,
            long livedNanos,
            boolean remote,
            int threadColumn) {
        counters.getAndAdd(SiteRow.FREE_WEIGHT, weight);
        counters.getAndAdd(SiteRow.LIVE_BYTES, -ByteSampler.weightedBytes(byteSize, weight));
        counters.getAndAdd(orderColumn(order.column(threadColumn, owner, birthBytes)), weight);
        if (remote) {
            counters.getAndAdd(SiteRow.REMOTE_FREE_WEIGHT, weight);
        }
        lifetimeNanos.getAndAdd(lifetimeNanosBucket(livedNanos), weight);
        if (livedBytes >= 0) {
            lifetimeBytes.getAndAdd(BandRow.lifetimeBytesBucket(livedBytes), weight);
        }
    }

    /** A sampled block is reallocated; that it ends is told by {@link #freed}. */
    void reallocated(long weight, boolean grows) {
        counters.getAndAdd(SiteRow.REALLOCATE_WEIGHT, weight);
        if (grows) {
            counters.getAndAdd(SiteRow.GROW_WEIGHT, weight);
        }
    }

    /** Raises the peak to what is live now; under registry.reading. */
    void raisePeak() {
        long live = counters.get(SiteRow.LIVE_BYTES);
        if (live > counters.get(SiteRow.PEAK_LIVE_BYTES)) {
            counters.set(SiteRow.PEAK_LIVE_BYTES, live);
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
        for (int i = 0; i < lifetimeNanos.length(); i++) {
            row[SiteRow.LIFETIME_NANOS + i] = lifetimeNanos.get(i);
        }
        return java.util.Arrays.copyOf(row, copySizes(row));
    }

    long heldBytes() {
        long bands = 0;
        for (int band = 0; band < sizes.length(); band++) {
            bands += sizes.get(band) == null ? 0 : 1;
        }
        long longs = SiteRow.LENGTH
                + lifetimeBytes.length()
                + lifetimeNanos.length()
                + SizeBands.COUNT
                + bands * SizeBands.SITE_SUB_BUCKETS;
        return longs * Long.BYTES + SiteOrder.HELD_BYTES;
    }

    private static int orderColumn(int bandColumn) {
        return bandColumn - BandRow.LIFO_FREE_WEIGHT + SiteRow.LIFO_FREE_WEIGHT; // the same four, in the same order
    }

    private static int lifetimeNanosBucket(long nanos) {
        return LogBuckets.index(nanos >>> BandRow.NANOS_UNIT_SHIFT, 0, SiteRow.LIFETIME_NANOS_BUCKETS);
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
