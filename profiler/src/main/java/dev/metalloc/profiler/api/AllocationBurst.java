// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Consecutive allocations of one thread through one entry point. Immutable.
 *
 * @param startBytes what the thread had allocated before, on the clock of its lifetimes
 * @param blocks in the order of their allocation
 */
public record AllocationBurst(long startBytes, List<Block> blocks) implements Comparable<AllocationBurst> {

    /** Of a block that was live when the profile was taken. */
    public static final long LIVE = -1;

    /** Most of an entry point. */
    public static final int MOST = 64;

    /** Most blocks of one. */
    public static final int MOST_BLOCKS = 128;

    private static final Comparator<AllocationBurst> ORDER = Comparator.comparingLong(AllocationBurst::startBytes)
            .thenComparing(AllocationBurst::blocks, AllocationBurst::compareBlocks);
    // Which of too many are kept must depend on nothing but themselves, or merging would depend on its order.
    private static final Comparator<AllocationBurst> CHOICE =
            Comparator.comparingInt(AllocationBurst::spread).thenComparing(ORDER);

    /**
     * One block.
     *
     * @param lifetimeBytes what the thread allocated from after its own bytes to its end; {@link #LIVE} where that was not seen
     * @param rank tells which of those of the burst that end at the same time ends first: the lowest
     * @param isGrown whether it took the place of one that was reallocated
     * @param grows whether it ended by being reallocated
     */
    public record Block(long byteSize, long lifetimeBytes, int rank, boolean isGrown, boolean grows)
            implements Comparable<Block> {

        private static final Comparator<Block> ORDER = Comparator.comparingLong(Block::byteSize)
                .thenComparingLong(Block::lifetimeBytes)
                .thenComparingInt(Block::rank)
                .thenComparing(Block::isGrown)
                .thenComparing(Block::grows);

        /** @throws IllegalArgumentException for a size or lifetime that no block has */
        public Block {
            if (byteSize < 0 || lifetimeBytes < LIVE || rank < 0) {
                throw new IllegalArgumentException("block of " + byteSize + " bytes that lived " + lifetimeBytes);
            }
        }

        @Override
        public int compareTo(Block other) {
            return ORDER.compare(this, other);
        }
    }

    /** @throws IllegalArgumentException for more blocks than {@link #MOST_BLOCKS} */
    public AllocationBurst {
        blocks = List.copyOf(blocks);
        if (blocks.size() > MOST_BLOCKS) {
            throw new IllegalArgumentException("blocks: " + blocks.size() + " (expected: at most " + MOST_BLOCKS + ")");
        }
    }

    @Override
    public int compareTo(AllocationBurst other) {
        return ORDER.compare(this, other);
    }

    private static int compareBlocks(List<Block> a, List<Block> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int order = a.get(i).compareTo(b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    private int spread() {
        return hashCode() * 0x9E37_79B9;
    }

    /** Of both, at most {@link #MOST}, in order of their starts; the same in whatever order many are merged. */
    public static List<AllocationBurst> some(Collection<AllocationBurst> a, Collection<AllocationBurst> b) {
        TreeSet<AllocationBurst> chosen = new TreeSet<>(CHOICE);
        chosen.addAll(a);
        chosen.addAll(b);
        return new ArrayList<>(new TreeSet<>(chosen.stream().limit(MOST).toList()));
    }
}
