// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/** Reads the rows of blocks that were allocated in turn, in which they leave the recorder. */
public final class BurstRows {

    /** The lifetime of a block that has not ended. */
    public static final long LIVE = Bursts.LIVE;

    private BurstRows() {}

    public static int count(long[] row) {
        return (int) row[Bursts.COUNT];
    }

    public static long byteSize(long[] row, int block) {
        return row[Bursts.SIZES + block] >>> 1;
    }

    /** Whether the block took the place of one that was reallocated. */
    public static boolean isGrown(long[] row, int block) {
        return (row[Bursts.SIZES + block] & 1) != 0;
    }

    /** What the thread had allocated when the block was, with its own bytes. */
    public static long birthBytes(long[] row, int block) {
        return row[Bursts.BIRTHS + block];
    }

    /** What the thread allocated until the block ended, or {@link #LIVE}. */
    public static long lifetimeBytes(long[] row, int block) {
        return Bursts.lifetimeBytes(row[Bursts.LIFETIMES + block]);
    }

    /** How many blocks of the row had ended before this one did, modulo 256. */
    public static int rank(long[] row, int block) {
        return Bursts.rank(row[Bursts.LIFETIMES + block]);
    }

    /** Whether the block ended by being reallocated. */
    public static boolean grows(long[] row, int block) {
        long lifetime = row[Bursts.LIFETIMES + block];
        return lifetime != Bursts.LIVE && (lifetime & 1) != 0;
    }
}
