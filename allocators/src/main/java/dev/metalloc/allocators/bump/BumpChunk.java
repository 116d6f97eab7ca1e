// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.bump;

import dev.metalloc.allocators.layout.ArrayBytes;
import java.util.Arrays;

/**
 * The records of one chunk: where blocks start, which are live, and how far the pointer is.
 *
 * <p>Confined. Offsets count from the chunk's start, in bytes, multiples of 16.
 */
/* Implementation notes
 *
 * Invariants: live is a subset of starts;  |live| == liveCount;  no start at or above top;
 *             top == 0 or a block (or gap) starts at 0;  the piece that ends at top is live: dead ones at the end are given back
 */
final class BumpChunk {

    private static final int GRANULE_SHIFT = 4;

    private final long[] starts;
    private final long[] live;
    private int top;
    private int liveCount;
    private int liveBytes;
    /** Bytes from the start that were ever handed out since the memory was last known to be zero. */
    private int dirtyBytes;

    BumpChunk(int chunkBytes) {
        int words = ((chunkBytes >>> GRANULE_SHIFT) + 63) >>> 6;
        starts = new long[words];
        live = new long[words];
    }

    int top() {
        return top;
    }

    int liveCount() {
        return liveCount;
    }

    int liveBytes() {
        return liveBytes;
    }

    int dirtyBytes() {
        return dirtyBytes;
    }

    /** Of its arrays. */
    long heldBytes() {
        return ArrayBytes.of(starts) + ArrayBytes.of(live);
    }

    void notePurged() {
        dirtyBytes = 0;
    }

    /** Puts a live block at an offset from the top on; what alignment skipped becomes a dead piece. */
    void append(int offset, int byteSize) {
        if (offset != top) {
            set(starts, top);
        }
        set(starts, offset);
        set(live, offset);
        top = offset + byteSize;
        dirtyBytes = Math.max(dirtyBytes, top);
        liveCount++;
        liveBytes += byteSize;
    }

    boolean isStart(int offset) {
        return isSet(starts, offset);
    }

    boolean isLive(int offset) {
        return isSet(live, offset);
    }

    /** The size of the piece that starts at an offset: up to the next start, or the top. */
    int byteSize(int offset) {
        int granule = (offset >>> GRANULE_SHIFT) + 1;
        for (int word = granule >>> 6; word < starts.length; word++) {
            long bits = word == granule >>> 6 ? starts[word] & -1L << granule : starts[word];
            if (bits != 0) {
                return (((word << 6) + Long.numberOfTrailingZeros(bits)) << GRANULE_SHIFT) - offset;
            }
            if ((word + 1) << (6 + GRANULE_SHIFT) >= top) {
                break;
            }
        }
        return top - offset;
    }

    void free(int offset) {
        int byteSize = byteSize(offset);
        clear(live, offset);
        liveBytes -= byteSize;
        if (--liveCount == 0) {
            reset();
        } else if (offset + byteSize == top) {
            giveBackFrom(offset);
        }
    }

    /** Moves the top down below the dead pieces at the end; some block below is live. */
    private void giveBackFrom(int lastOffset) {
        int offset = lastOffset;
        while (!isLive(offset)) {
            clear(starts, offset);
            top = offset;
            offset = previousStart(offset);
        }
    }

    private int previousStart(int offset) {
        int granule = (offset >>> GRANULE_SHIFT) - 1;
        for (int word = granule >> 6; word >= 0; word--) {
            long bits = word == granule >> 6 ? starts[word] & -1L >>> ~granule : starts[word];
            if (bits != 0) {
                return ((word << 6) + 63 - Long.numberOfLeadingZeros(bits)) << GRANULE_SHIFT;
            }
        }
        throw new IllegalStateException("bump chunk: broken: a live block lies below (report this)");
    }

    private void reset() {
        int words = ((top >>> GRANULE_SHIFT) + 63) >>> 6;
        Arrays.fill(starts, 0, words, 0);
        top = 0;
    }

    /** Changes the size of the block that ends at the top. */
    void resizeLast(int offset, int byteSize) {
        liveBytes += offset + byteSize - top;
        top = offset + byteSize;
        dirtyBytes = Math.max(dirtyBytes, top);
    }

    private static boolean isSet(long[] bits, int offset) {
        int granule = offset >>> GRANULE_SHIFT;
        return (bits[granule >>> 6] & 1L << granule) != 0;
    }

    private static void set(long[] bits, int offset) {
        int granule = offset >>> GRANULE_SHIFT;
        bits[granule >>> 6] |= 1L << granule;
    }

    private static void clear(long[] bits, int offset) {
        int granule = offset >>> GRANULE_SHIFT;
        bits[granule >>> 6] &= ~(1L << granule);
    }

    /**
     * Checks the invariants in the class notes.
     *
     * @throws IllegalStateException naming the first that does not hold
     */
    void validate() {
        int count = 0;
        int bytes = 0;
        int last = 0;
        for (int offset = 0; offset < starts.length << (6 + GRANULE_SHIFT); offset += 16) {
            check(!isLive(offset) || isStart(offset), "every live block starts");
            check(!isStart(offset) || offset < top, "no start above the top");
            last = isStart(offset) ? offset : last;
            if (isLive(offset)) {
                count++;
                bytes += byteSize(offset);
            }
        }
        check(count == liveCount && bytes == liveBytes, "live blocks and bytes == counted");
        check(top == 0 ? liveCount == 0 : isStart(0) && isLive(last), "the last piece is live");
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("bump chunk: broken: " + equation);
        }
    }
}
