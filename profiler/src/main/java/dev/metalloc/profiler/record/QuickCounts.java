// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;

/**
 * The part of an {@link EntryRecord} that most events need, and no more: one thread's plain blocks of one entry point.
 *
 * <p>Single writer, racy readers. {@link #allocated} and {@link #freed} count what needs nothing but counting, and refuse,
 * having changed nothing, whatever else: blocks to be followed, sizes and bands seen for the first time, frees of blocks that may be followed.
 */
/* Implementation notes
 *
 * Small sizes have a counter each, so that one addition says number, bytes and histogram. A counter starts at 1 when its size
 * is opened; 0 is a size that is not counted here, and nor is one whose counter is full. They are ints, so that those in use stay in the cache. Opening is the thread's ThreadRecorder's, once the first blocks of the size's band have been followed.
 * Readers go through the sizes that are open, of which most programs have a few dozen.
 *
 * Every block of the entry point takes its size and OVERHEAD_BYTES off bytesToNext, and one onto allocateCount: that makes the
 * thread's clock in bytes a difference of the two.
 *
 * To have every block refused, what is left of the distance is put aside.
 *
 * All that is refused is refused by one branch, the sign of a disjunction: a branch of its own for what is rare, such as another thread's turn,
 * would be cut off by the compiler until it is first taken, and all methods of the application that hold copies of it compiled again then.
 */
public final class QuickCounts {
    /** Sizes from here on are counted by their bands. */
    static final int SIZES = 4097;

    private static final int[] NONE = new int[SIZES + 1];
    /** Malloc's own. A larger one is worth noting. */
    private static final long PLAIN_ALIGNMENT = 16;

    private static final AddressFilter REFUSING = AddressFilter.open();
    private static final long NO_THREAD = -1;
    private static final int FIRST_OPEN_SIZES = 8;

    /** Of no thread, and with nothing in them: stands where no counts are known, so that a hot path need not ask for null. */
    public static final QuickCounts NOBODY = none();

    private final long threadId;
    private final boolean isArena;
    private final boolean isFollowed;
    private final long[] filterBits;
    private int[] counts = NONE;
    /** Of an arena's blocks that the application was promised to be zero. */
    private int[] zeroedCounts = NONE;
    /** Where all blocks are followed, of those that were freed at once. */
    private int[] freedCounts = NONE;
    /** In the order in which they were opened. */
    private short[] openSizes = new short[FIRST_OPEN_SIZES];

    private int openCount;
    private long bytesToNext;
    private long asideBytes;
    private boolean isRefusing;
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
        this.filterBits = filter.occupied();
    }

    /** For a sum, to which nothing is counted. */
    static QuickCounts none() {
        return new QuickCounts(NO_THREAD, false, false, REFUSING);
    }

    /**
     * Counts a block of any content; false where {@link ThreadRecorder#allocated(int, long, long, long, int)} has to, as it always does where
     * these are not the counts of the running thread.
     *
     * @param runningId of the thread that is running; a virtual one is never meant
     */
    public boolean allocated(long runningId, long byteSize) {
        return count(byteSize, counts, runningId ^ threadId);
    }

    /** The same, known to be of the running thread. */
    boolean allocated(long byteSize) {
        return count(byteSize, counts, 0);
    }

    /** The same for an arena's block. */
    boolean allocated(long byteSize, long byteAlignment, boolean zeroed) {
        return byteAlignment <= maxAlignment && count(byteSize, zeroed ? zeroedCounts : counts, 0);
    }

    /**
     * Counts the free of a followed block of this thread, the newest, that lived for none of the time and bytes that histograms tell apart;
     * false where its size has no counter.
     */
    boolean freedAtOnce(long byteSize) {
        int size = (int) Math.min(byteSize, SIZES);
        if (counts[size] == 0 || freedCounts[size] == Integer.MAX_VALUE) {
            return false;
        }
        freedCounts[size]++;
        freeCount++;
        return true;
    }

    private boolean count(long byteSize, int[] seen, long otherThread) {
        int cell = (int) Math.min(byteSize, SIZES);
        int next = seen[cell] + 1; // 1 where the size is not open, negative where the counter is full
        long left = bytesToNext - byteSize - ByteSampler.OVERHEAD_BYTES;
        if (((next - 2L) | (left - 1) | negativeUnlessZero(otherThread)) < 0) {
            return false;
        }
        seen[cell] = next;
        bytesToNext = left;
        allocateCount++;
        return true;
    }

    /** Counts the free of a block that is surely not followed; false where {@link ThreadRecorder#freed} has to, or not of the running thread. */
    public boolean freed(long runningId, long address) {
        return countFree(address, runningId ^ threadId);
    }

    /** The same, known to be of the running thread. */
    boolean freed(long address) {
        return countFree(address, 0);
    }

    private boolean countFree(long address, long otherThread) {
        long live = allocateCount - freeCount;
        long followedOrOther = AddressFilter.bit(filterBits, address) | otherThread;
        if (((live - 1 - watchedCount) | negativeUnlessZero(followedOrOther)) < 0) {
            return false;
        }
        freeCount++;
        return true;
    }

    private static long negativeUnlessZero(long value) {
        return value | -value;
    }

    /** Counts a block that was counted by its band; answers whether the sampler picks it, {@link #rearm} must then follow. */
    boolean cover(long byteSize) {
        allocateCount++;
        bytesToNext -= byteSize + ByteSampler.OVERHEAD_BYTES;
        return isDue();
    }

    /** Sets the thread's clock back. */
    void setBack(long bytes) {
        clockBase -= bytes;
    }

    boolean isDue() {
        return bytesToNext + asideBytes <= 0;
    }

    void rearm(long distanceBytes) {
        if (isRefusing) {
            asideBytes = distanceBytes - bytesToNext;
        } else {
            clockBase += distanceBytes - bytesToNext;
            bytesToNext = distanceBytes;
        }
    }

    /** Whether {@link #allocated} counts no block from now on. */
    void refuse(boolean refuses) {
        if (refuses == isRefusing) {
            return;
        }
        long bytes = refuses ? -bytesToNext : asideBytes;
        isRefusing = refuses;
        clockBase += bytes;
        bytesToNext += bytes;
        asideBytes = refuses ? -bytes : 0;
    }

    /** Counts the next blocks of a size here; no reader has seen the size yet. */
    void open(long byteSize, long byteAlignment, boolean zeroed) {
        if (byteAlignment <= PLAIN_ALIGNMENT) {
            maxAlignment = Math.max(maxAlignment, byteAlignment);
        }
        boolean isCounted = isArena || !zeroed;
        if (byteSize < SIZES && isCounted && (zeroed ? zeroedCounts : counts)[(int) byteSize] == 0) {
            openNew((int) byteSize, zeroed);
        }
    }

    @OutOfLine
    private void openNew(int byteSize, boolean zeroed) {
        freedCounts = isFollowed ? made(freedCounts) : NONE;
        if (zeroed) {
            zeroedCounts = made(zeroedCounts);
        } else {
            counts = made(counts);
        }
        if (counts[byteSize] == 0 && zeroedCounts[byteSize] == 0) {
            if (openCount == openSizes.length) {
                openSizes = Arrays.copyOf(openSizes, 2 * openCount);
            }
            openSizes[openCount] = (short) byteSize;
            openCount++;
        }
        // Last: where there is no memory for what is above, nothing is counted here.
        (zeroed ? zeroedCounts : counts)[byteSize] = 1;
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
        long blocks = 0;
        for (int i = 0; i < openCount(); i++) {
            blocks += counted(openSizes[i]);
        }
        return blocks;
    }

    /** Their bytes. */
    long countedBytes() {
        long bytes = 0;
        for (int i = 0; i < openCount(); i++) {
            bytes += openSizes[i] * counted(openSizes[i]);
        }
        return bytes;
    }

    /** Frees that {@link #freedAtOnce} has counted. */
    long freedAtOnceCount() {
        long blocks = 0;
        for (int i = 0; isFollowed && i < openCount(); i++) {
            blocks += freedAtOnceCount(openSizes[i]);
        }
        return blocks;
    }

    /** Adds the bytes of blocks that were counted here and have been followed, but for those freed at once, to those of their bands. */
    void addLiveBytes(long[] bandBytes) {
        for (int i = 0; isFollowed && i < openCount(); i++) {
            int size = openSizes[i];
            bandBytes[SizeBands.band(size)] += size * (counted(size) - freedAtOnceCount(size));
        }
    }

    /** Adds the blocks that were counted here to the rows of their bands; an arena's as if all had ended. */
    void addTo(EntryRecord total) {
        for (int i = 0; i < openCount(); i++) {
            int size = openSizes[i];
            long zeroed = blocks(zeroedCounts, size);
            long count = blocks(counts, size) + zeroed;
            long freedAtOnce = freedAtOnceCount(size);
            if (count != 0 || freedAtOnce != 0) {
                int band = SizeBands.band(size);
                BandRow.addPlain(total.band(band), band, size, count, zeroed);
                if (isFollowed) {
                    BandRow.addFollowed(total.band(band), size, count);
                    BandRow.addFreedAtOnce(total.band(band), size, freedAtOnce);
                }
                if (isArena) {
                    BandRow.countBulkFree(total.band(band), count, size * count);
                }
            }
        }
    }

    /** Adds the blocks that were counted here to a {@link ThreadRow}. */
    void addSizesTo(long[] threadRow) {
        for (int i = 0; i < openCount(); i++) {
            ThreadRow.addSize(threadRow, openSizes[i], counted(openSizes[i]));
        }
    }

    long heldBytes() {
        long ints = heldInts(counts) + heldInts(zeroedCounts) + heldInts(freedCounts);
        return openCount == 0 ? 0 : ints * Integer.BYTES + (long) openSizes.length * Short.BYTES;
    }

    private static long heldInts(int[] cells) {
        return isNone(cells) ? 0 : cells.length;
    }

    private static int[] made(int[] cells) {
        return isNone(cells) ? new int[NONE.length] : cells;
    }

    @SuppressWarnings("ReferenceEquality") // the one that nobody writes
    private static boolean isNone(int[] cells) {
        return cells == NONE;
    }

    /** Both arrays are replaced by larger or longer ones only, but a reader may see that late. */
    private int openCount() {
        return Math.min(openCount, openSizes.length);
    }

    private long counted(int size) {
        return blocks(counts, size) + blocks(zeroedCounts, size);
    }

    private long freedAtOnceCount(int size) {
        return freedCounts[size];
    }

    private static long blocks(int[] counts, int cell) {
        return Math.max(0, counts[cell] - 1);
    }
}
