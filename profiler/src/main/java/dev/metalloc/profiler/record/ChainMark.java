// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * What a block in the table of live ones carries on from those it was reallocated from; shares a long with {@link FreeOrder#mark}.
 *
 * <pre>
 *   63             62        56 55            32 31        0
 *  | not followed | length     | weight         | order mark |
 * </pre>
 *
 * Length 0: not reallocated yet. A chain whose beginning was not seen has the weight 0, and is not counted.
 */
final class ChainMark {
    static final long NONE = 0;
    /** In the table only for the chain's sake, or that of {@link Bursts}: of no account as a block. */
    static final long NOT_FOLLOWED = 1L << 63;

    static final int BUCKETS = 8;

    private static final int LENGTH_SHIFT = 56;
    private static final int WEIGHT_SHIFT = 32;
    private static final long MAX_WEIGHT = (1L << (LENGTH_SHIFT - WEIGHT_SHIFT)) - 1;
    private static final long ORDER_MASK = (1L << WEIGHT_SHIFT) - 1;
    /** Longer ones are in the last bucket anyway. */
    private static final int MAX_LENGTH = 127;

    static final long UNKNOWN_BEGIN = of(1, 0);

    private ChainMark() {}

    /** With room for the order mark. */
    static long of(int length, long weight) {
        return (long) Math.min(length, MAX_LENGTH) << LENGTH_SHIFT | Math.min(weight, MAX_WEIGHT) << WEIGHT_SHIFT;
    }

    static boolean isNotFollowed(long mark) {
        return mark < 0;
    }

    static boolean isCounted(long mark) {
        return weight(mark) != 0;
    }

    static int length(long mark) {
        return (int) (mark >>> LENGTH_SHIFT) & MAX_LENGTH;
    }

    static long weight(long mark) {
        return mark >>> WEIGHT_SHIFT & MAX_WEIGHT;
    }

    static long orderMark(long mark) {
        return mark & ORDER_MASK;
    }

    /** Lengths 1, 2, 3 to 4, 5 to 8 and so on; the last has all from 65 on. */
    static int bucket(int length) {
        return Math.min(BUCKETS - 1, Integer.SIZE - Integer.numberOfLeadingZeros(length - 1));
    }

    /** The largest length of a bucket; the least of the last. */
    static int lengthOf(int bucket) {
        return bucket == BUCKETS - 1 ? (1 << (bucket - 1)) + 1 : 1 << bucket;
    }
}
