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
    static final int LENGTH = 7;

    /** Buckets as those of {@link BandRow#LIFETIME_BYTES}. */
    public static final int LIFETIME_BYTES = LENGTH;
    /** 32 sub-buckets for each band, up to the last band that has a count. */
    public static final int SIZES = LIFETIME_BYTES + BandRow.LIFETIME_BYTES_BUCKETS;

    private SiteRow() {}
}
