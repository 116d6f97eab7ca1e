// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;

/**
 * Live and allocated bytes over time, in a bounded number of points; guarded by the registry's reading lock.
 *
 * <p>When full, every other point is dropped and the distance between points doubled, so that a run of any length is
 * covered evenly from its start.
 */
final class RecordedTimeLine {
    private static final int MAX_POINTS = 512;
    private static final long FIRST_INTERVAL_MILLIS = 10;

    private final long[][] points = new long[MAX_POINTS][];
    private int count;
    private long intervalMillis = FIRST_INTERVAL_MILLIS;

    void add(long elapsedMillis, long liveBytes, long allocatedBytes, long allocatedCount) {
        if (count > 0 && elapsedMillis - points[count - 1][0] < intervalMillis) {
            return;
        }
        if (count == MAX_POINTS) {
            halve();
        }
        long[] point = {elapsedMillis, liveBytes, allocatedBytes, allocatedCount};
        points[count] = point;
        count++; // last: there may be no memory for a point
    }

    long[][] copy() {
        return Arrays.copyOf(points, count); // the points themselves never change
    }

    private void halve() {
        for (int i = 0; i < MAX_POINTS / 2; i++) {
            points[i] = points[2 * i];
        }
        count = MAX_POINTS / 2;
        intervalMillis *= 2;
    }
}
