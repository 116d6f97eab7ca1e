// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/** The layout of a site's row in a snapshot; weights are in units of 1/256. */
public final class SiteRow {
    public static final int HASH = 0;
    public static final int ENTRY_POINT = 1;
    public static final int SAMPLE_COUNT = 2;
    public static final int ALLOCATE_WEIGHT = 3;
    /** Whole bytes, weight included. */
    public static final int ALLOCATE_BYTES = 4;

    public static final int FREE_WEIGHT = 5;
    public static final int REMOTE_FREE_WEIGHT = 6;
    /** The four orders as in {@link BandRow}, but that directions are those among the site's own blocks; they add up to FREE_WEIGHT. */
    public static final int LIFO_FREE_WEIGHT = 7;

    public static final int RISING_FREE_WEIGHT = 8;
    public static final int FALLING_FREE_WEIGHT = 9;
    public static final int UNORDERED_FREE_WEIGHT = 10;
    public static final int REALLOCATE_WEIGHT = 11;
    public static final int GROW_WEIGHT = 12;
    /** Whole bytes, weight included, as is the one after it. */
    public static final int LIVE_BYTES = 13;
    /** The highest that an observation saw. */
    public static final int PEAK_LIVE_BYTES = 14;

    static final int LENGTH = 15;

    /** Buckets as those of {@link BandRow#LIFETIME_BYTES}. */
    public static final int LIFETIME_BYTES = LENGTH;
    /** One bucket to the power of two, of the unit of {@link BandRow#LIFETIME_NANOS}: up to 2^50 ns. */
    public static final int LIFETIME_NANOS = LIFETIME_BYTES + BandRow.LIFETIME_BYTES_BUCKETS;

    public static final int LIFETIME_NANOS_BUCKETS = LogBuckets.count(50 - BandRow.NANOS_UNIT_SHIFT, 0);

    /** 32 sub-buckets for each band, up to the last band that has a count. */
    public static final int SIZES = LIFETIME_NANOS + LIFETIME_NANOS_BUCKETS;

    private SiteRow() {}
}
