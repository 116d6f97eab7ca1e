// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.flags;

/**
 * The one table of where flags begin and where they are certain.
 *
 * <p>Strength rises in a straight line from 0 at {@code zeroAt} to 1 at {@code oneAt}; where {@code oneAt} is the smaller,
 * small values raise the flag.
 */
enum Threshold {
    SHORT_RUN_SECONDS(60, 5, "set-up of a few milliseconds matters in seconds, not in minutes"),
    LONG_RUN_SECONDS(60, 3600, "fragmentation and retained memory need an hour to show"),
    LOW_RATE_PER_SECOND(100, 10, "below 100/s even 50 µs saved on each block is less than 0.5 % of the run"),

    FEW_FREES_FREE_RATIO(0.5, 0.05, "where most blocks stay, what freeing costs does not matter"),
    BULK_FREE_RATIO(0.5, 0.95, "a region pays once nearly all blocks die with their arena"),
    LIFO_FREE_RATIO(0.5, 0.95, "a stack needs nearly every free to be of the newest block"),
    FIFO_FREE_RATIO(0.5, 0.95, "a ring needs nearly every free to be of the oldest block"),
    RANDOM_FREE_RATIO(0.2, 0.7, "a fifth of the frees in no order already leaves holes"),

    SHORT_LIVED_NANOS(1e7, 1e6, "blocks that die within a millisecond are still in the cache"),
    LONG_LIVED_NANOS(1e9, 1e10, "blocks that live for seconds outlive a thread's working set"),
    MIXED_LIVED_DECADES(2, 4, "lifetimes four powers of ten apart pin pages among the dead"),

    FIXED_SIZE_TOP_SHARE(0.9, 0.99, "one free list serves all when one size makes up 99 %"),
    FEW_SIZES_COUNT(16, 6, "as many classes as a slab can keep warm"),
    MANY_SIZES_COUNT(16, 48, "with three times as many sizes as a slab has classes, rounding costs whatever they are"),
    POWER_OF_TWO_SHARE(0.5, 0.95, "a buddy wastes nothing on powers of two, and up to half on others"),

    SMALL_EVENT_SHARE(0.5, 0.95, "blocks to 1 KiB: transitions and bookkeeping are the cost"),
    MEDIUM_EVENT_SHARE(0.25, 0.75, "blocks to 32 KiB: zeroing begins to matter"),
    LARGE_BYTE_SHARE(0.25, 0.75, "blocks to 16 MiB: keeping pages is everything"),
    HUGE_BYTE_SHARE(0.25, 0.75, "blocks above 16 MiB: the system's mapping costs little beside their use"),

    GROWING_RATIO(0.01, 0.2, "one reallocation to a larger size in five allocations"),
    SINGLE_THREAD_TOP_SHARE(0.95, 0.999, "no lock or cache is needed where one thread allocates all"),
    MANY_THREADS_COUNT(2, 8, "a lock shared by eight busy threads is waited for"),
    VIRTUAL_THREADS_RATIO(0.05, 0.5, "a twentieth of the allocations already breaks state per thread"),
    THREAD_CHURN_PER_SECOND(0.1, 10, "caches of threads that end must be reclaimed as fast"),
    REMOTE_FREE_RATIO(0.02, 0.3, "a free list per thread leaks where a third of the frees come from others"),
    PRODUCER_CONSUMER_RATIO(0.2, 0.8, "threads that only allocate, beside threads that only free"),

    ALIGNED_RATIO(0.01, 0.5, "alignment above 16 needs padding or classes of its own"),
    ZERO_NEEDED_RATIO(0.1, 0.9, "zeroing costs more than allocating from 64 B up"),
    PHASED_COUNT(1, 4, "memory that comes and goes can be given back between"),
    BURSTY_VARIATION(0.5, 2, "a rate that varies by twice its mean"),

    HEAP_EXCESS_BYTES(
            64 << 20,
            192 << 20,
            "HotSpot itself leaves 13 to 53 MiB in the C library's heaps, which a piece of metaspace may look like"),
    HEAP_HELD_RATIO(1, 3, "malloc holds a few hundredths above what is live unless its heaps are full of gaps"),
    ;

    /** Largest small block. */
    static final long SMALL_MAX_BYTES = 1L << 10;
    /** Largest medium block. */
    static final long MEDIUM_MAX_BYTES = 32L << 10;
    /** Largest large block. */
    static final long LARGE_MAX_BYTES = 16L << 20;
    /** Sizes are told apart in steps of this: allocators round at least to it. */
    static final long SIZE_QUANTUM_BYTES = 16;
    /** The sizes counted are those that make up this share: a few odd ones do not make a program varied. */
    static final double SIZE_COVERAGE = 0.95;
    /** Weaker flags are not reported. */
    static final double MIN_STRENGTH = 0.05;

    private final double zeroAt;
    private final double oneAt;
    private final String reason;

    Threshold(double zeroAt, double oneAt, String reason) {
        this.zeroAt = zeroAt;
        this.oneAt = oneAt;
        this.reason = reason;
    }

    /** Where it begins. */
    double zeroAt() {
        return zeroAt;
    }

    double strength(double value) {
        return Math.clamp((value - zeroAt) / (oneAt - zeroAt), 0.0, 1.0);
    }

    String reason() {
        return reason;
    }
}
