// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * The part of an {@link EntryRecord} that most events need, and no more: one thread's plain blocks of one entry point.
 *
 * <p>Single writer, racy readers. {@link #allocated} and {@link #freed} count what needs nothing but counting, and refuse,
 * having changed nothing, whatever else: blocks to be followed, sizes and bands seen for the first time, frees of blocks that may be followed.
 */
/* Implementation notes
 *
 * Small sizes have a counter each, so that one addition says number, bytes and histogram. A counter starts at 1 when its size
 * is opened; 0 is a size that is not counted here. Opening is the thread's ThreadRecorder's, once the first blocks of the size's band have been followed.
 *
 * Every block of the entry point takes its size and OVERHEAD_BYTES off bytesToNext, and one onto allocateCount: that makes the
 * thread's clock in bytes a difference of the two.
 */
public final class QuickCounts {
    /** Sizes from here on are counted by their bands. */
    static final int SIZES = 1025;

    /** Counters of blocks that the application was promised to be zero come after the others. */
    private static final int ZEROED = SIZES + 1;
    /** And after those, for arenas only, those of blocks that have ended. */
    private static final int FREED = 2 * ZEROED;

    private static final int ARENA_LENGTH = FREED + SIZES;
    private static final long[] NONE = new long[ARENA_LENGTH];
    /** Malloc's own. A larger one is worth noting. */
    private static final long PLAIN_ALIGNMENT = 16;

    private static final AddressFilter REFUSING = AddressFilter.open();

    private final long threadId;
    private final boolean isArena;
    private final boolean isFollowed;
    private final byte[] filterCells;
    private boolean hasOpenSizes;
    private long[] counts = NONE;
    private long bytesToNext;
    private long clockBase;
    private long allocateCount;
    private long freeCount;
    private long watchedCount = FreeOrder.NOTHING;
    private long maxAlignment = 1;

    /** @param isFollowed whether each block that is counted here is followed */
    QuickCounts(long threadId, boolean isArena, boolean isFollowed, AddressFilter filter) {
        this.threadId = threadId;
        this.isArena = isArena;
        this.isFollowed = isFollowed;
        this.filterCells = filter.cells();
    }

    /** For a sum, to which nothing is counted. */
    static QuickCounts none() {
        return new QuickCounts(0, false, false, REFUSING);
    }

    /** Whether these are the counts of the running platform thread; never true for a virtual one. */
    public boolean isOf(Thread running) {
        return threadId == running.threadId();
    }

    /** Counts a block of any content; false where {@link ThreadRecorder#allocated(int, long, long, long, int)} has to. */
    public boolean allocated(long byteSize) {
        return count(byteSize, (int) Math.min(byteSize, SIZES));
    }

    /** The same for an arena's block. */
    boolean allocated(long byteSize, long byteAlignment, boolean zeroed) {
        return byteAlignment <= maxAlignment
                && count(byteSize, (zeroed ? ZEROED : 0) + (int) Math.min(byteSize, SIZES));
    }

    /** Counts the end of an arena's block that was counted here. */
    void countFreed(int byteSize) {
        counts[FREED + byteSize]++;
    }

    private boolean count(long byteSize, int cell) {
        long[] seen = counts;
        long count = seen[cell];
        long left = bytesToNext - byteSize - ByteSampler.OVERHEAD_BYTES;
        if (count == 0 || left <= 0) {
            return false;
        }
        seen[cell] = count + 1;
        bytesToNext = left;
        allocateCount++;
        return true;
    }

    /** Counts the free of a block that is surely not followed; false where {@link ThreadRecorder#freed} has to. */
    public boolean freed(long address) {
        if (filterCells[AddressFilter.cell(address)] != 0 || watches(allocateCount - freeCount)) {
            return false;
        }
        freeCount++;
        return true;
    }

    /** Counts a block that was counted by its band; answers whether the sampler picks it, {@link #rearm} must then follow. */
    boolean cover(long byteSize) {
        allocateCount++;
        bytesToNext -= byteSize + ByteSampler.OVERHEAD_BYTES;
        return isDue();
    }

    boolean isDue() {
        return bytesToNext <= 0;
    }

    void rearm(long distanceBytes) {
        clockBase += distanceBytes - bytesToNext;
        bytesToNext = distanceBytes;
    }

    /** Counts the next blocks of a size here; no reader has seen the size yet. */
    void open(long byteSize, long byteAlignment, boolean zeroed) {
        if (byteAlignment <= PLAIN_ALIGNMENT) {
            maxAlignment = Math.max(maxAlignment, byteAlignment);
        }
        if (byteSize >= SIZES) {
            return;
        }
        if (!hasOpenSizes) {
            counts = new long[isArena ? ARENA_LENGTH : FREED];
            hasOpenSizes = true;
        }
        int cell = (int) byteSize + (zeroed ? ZEROED : 0);
        if (counts[cell] == 0) {
            counts[cell] = 1;
        }
    }

    void countFree() {
        freeCount++;
    }

    /** {@link FreeOrder#freed} and {@link FreeOrder#mark} say which. */
    void watch(long liveCount) {
        watchedCount = liveCount;
    }

    /** Whether a free of one of so many live blocks has to be told to {@link FreeOrder#freed}. */
    boolean watches(long liveCount) {
        return liveCount <= watchedCount;
    }

    long allocateCount() {
        return allocateCount;
    }

    long freeCount() {
        return freeCount;
    }

    /** Blocks that this thread allocated less those it freed. */
    long liveCount() {
        return allocateCount - freeCount;
    }

    /** Bytes that this thread has allocated here. */
    long clockBytes() {
        return clockBase - bytesToNext - ByteSampler.OVERHEAD_BYTES * allocateCount;
    }

    /** Blocks that were counted here, and in no row. */
    long countedBlocks() {
        long[] seen = counts;
        long blocks = 0;
        for (int cell = 0; hasOpenSizes && cell < FREED; cell++) {
            blocks += blocks(seen, cell);
        }
        return blocks;
    }

    /** Their bytes. */
    long countedBytes() {
        long[] seen = counts;
        long bytes = 0;
        for (int size = 1; hasOpenSizes && size < SIZES; size++) {
            bytes += size * (blocks(seen, size) + blocks(seen, ZEROED + size));
        }
        return bytes;
    }

    /** Bytes of blocks that were counted here and have been followed. */
    long followedBytes() {
        return isFollowed ? countedBytes() : 0;
    }

    /** Arenas' blocks that were counted here and have ended. */
    long freedBlocks() {
        long[] seen = counts;
        long blocks = 0;
        for (int size = 1; isArena && hasOpenSizes && size < SIZES; size++) {
            blocks += seen[FREED + size];
        }
        return blocks;
    }

    long freedBytes() {
        long[] seen = counts;
        long bytes = 0;
        for (int size = 1; isArena && hasOpenSizes && size < SIZES; size++) {
            bytes += size * seen[FREED + size];
        }
        return bytes;
    }

    /** Adds an arena's bytes that are live, or those that were ever followed, to those of their bands. */
    void addLiveBytes(long[] bandBytes) {
        long[] seen = counts;
        for (int size = 1; (isArena || isFollowed) && hasOpenSizes && size < SIZES; size++) {
            long live = blocks(seen, size) + blocks(seen, ZEROED + size) - (isArena ? seen[FREED + size] : 0);
            bandBytes[SizeBands.band(size)] += size * live;
        }
    }

    /** Adds the blocks that were counted here to the rows of their bands. */
    void addTo(EntryRecord total) {
        long[] seen = counts;
        for (int size = 1; hasOpenSizes && size < SIZES; size++) {
            long zeroed = blocks(seen, ZEROED + size);
            long count = blocks(seen, size) + zeroed;
            if (count != 0) {
                int band = SizeBands.band(size);
                BandRow.addPlain(total.band(band), band, size, count, zeroed);
                if (isFollowed) {
                    BandRow.addFollowed(total.band(band), size, count);
                }
                if (isArena) {
                    BandRow.countBulkFree(total.band(band), seen[FREED + size], size * seen[FREED + size]);
                }
            }
        }
    }

    long heldBytes() {
        return !hasOpenSizes ? 0 : (long) counts.length * Long.BYTES;
    }

    private static long blocks(long[] counts, int cell) {
        return Math.max(0, counts[cell] - 1);
    }
}
