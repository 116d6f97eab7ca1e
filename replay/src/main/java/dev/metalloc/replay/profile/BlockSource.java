// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import dev.metalloc.classifier.features.SizeCounts;
import dev.metalloc.profiler.api.BandProfile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;

/** The blocks of one band that are still to be allocated, and those that are to end. Confined. */
final class BlockSource {

    private static final int SPARE_BLOCKS = 8;
    private static final long MOST_SPARE_BYTES = 64L << 10;

    /** Of those that end together the newest first, as a program that nests them would. */
    static final Comparator<BlockEnding> NEXT_FIRST = Comparator.comparingLong(BlockEnding::atBytes)
            .thenComparingInt(BlockEnding::rank)
            .thenComparing(BlockEnding::block, Comparator.reverseOrder());

    private final BandProfile band;
    private final SizeCounts sizes;
    private final double phasedRatio;
    private final List<NavigableSet<BlockEnding>> endings = new ArrayList<>();
    private long left;
    private long stayingLeft;
    private long liveBytes;

    /**
     * A band's.
     *
     * @param staying blocks that never end
     * @param part of those that do, to be allocated
     * @param phasedRatio blocks whose lifetime goes by where in the phase they are, of all: 0..1
     */
    BlockSource(BandProfile band, SizeCounts sizes, long staying, double part, double phasedRatio, int threads) {
        for (int i = 0; i < threads; i++) {
            endings.add(new TreeSet<>(NEXT_FIRST));
        }
        this.band = band;
        this.sizes = sizes;
        this.phasedRatio = phasedRatio;
        stayingLeft = staying;
        left = stayingLeft + (long) Math.ceil(part * (band.allocateCount() - stayingLeft));
    }

    long left() {
        return left;
    }

    boolean holds(long byteSize) {
        return left > 0 && BurstCursor.isWithin(band, byteSize);
    }

    /** Blocks that another thread frees than their own, of those that are freed. */
    double remoteRatio() {
        return (double) band.remoteFreeCount() / Math.max(1, band.freeCount());
    }

    int log2() {
        return band.log2();
    }

    /** Takes one that stays or not, as far as there is one of the kind; answers whether it stays. */
    boolean take(boolean stays) {
        boolean found = stays ? stayingLeft > 0 : stayingLeft == left;
        left--;
        if (found) {
            stayingLeft--;
        }
        return found;
    }

    /** What the thread allocated and is to end, the next first. */
    NavigableSet<BlockEnding> endings(int thread) {
        return endings.get(thread);
    }

    void begin(long byteSize) {
        liveBytes += byteSize;
    }

    void end(long byteSize) {
        liveBytes -= byteSize;
    }

    /** Whether the band then holds no more than at its peak, or a few small blocks more: drawn lifetimes overlap where the program's took turns. */
    boolean hasRoom(long byteSize) {
        long few = Math.min(SPARE_BLOCKS * band.maxByteSize(), MOST_SPARE_BYTES);
        return liveBytes + byteSize <= Math.max(Math.max(band.peakLiveBytes(), band.maxByteSize()), few);
    }

    boolean nextStays(Random random) {
        boolean stays = random.nextDouble() * left < stayingLeft;
        left--;
        if (stays) {
            stayingLeft--;
        }
        return stays;
    }

    boolean isReallocated(Random random) {
        return random.nextDouble() * band.freeCount() < band.reallocateCount();
    }

    long size(Random random) {
        long ticket = (long) (random.nextDouble() * sizes.totalCount());
        for (int i = 0; i < sizes.size(); i++) {
            ticket -= sizes.count(i);
            if (ticket < 0) {
                return sizes.byteSize(i);
            }
        }
        return band.maxByteSize();
    }

    /** A lifetime; the longest where a phase begins, as far as the band's go by phases. */
    long lifetimeBytes(Random random, double phasePosition) {
        if (band.lifetimeBytes().getTotalCount() == 0) {
            return 0;
        }
        double quantile = random.nextDouble() < phasedRatio ? 1 - phasePosition : random.nextDouble();
        return band.lifetimeBytes().getValueAtPercentile(100 * quantile);
    }

    long byteAlignment(Random random) {
        boolean aligned = random.nextDouble() * band.allocateCount() < band.alignedCount();
        return aligned ? Long.highestOneBit(Math.max(1, band.maxByteAlignment())) : 1;
    }

    boolean isZeroed(Random random) {
        return random.nextDouble() * band.allocateCount() < band.zeroedCount();
    }
}
