// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;

/**
 * Live and allocated bytes over time, in a bounded number of points, an even one; guarded by the registry's reading lock.
 *
 * <p>When full, every other point is dropped and the distance between points doubled, so that a run of any length is
 * covered evenly from its start.
 */
final class RecordedTimeLine {
    private static final long FIRST_INTERVAL_MILLIS = 10;
    /** The array of a point's four numbers, and the reference to it. */
    private static final long POINT_BYTES = 56;

    private final long[][] points;
    private int count;
    private long intervalMillis = FIRST_INTERVAL_MILLIS;

    RecordedTimeLine(int maxPoints) {
        points = new long[maxPoints][];
    }

    void add(long elapsedMillis, long liveBytes, long allocatedBytes, long allocatedCount) {
        if (count > 0 && elapsedMillis - points[count - 1][0] < intervalMillis) {
            return;
        }
        if (count == points.length) {
            halve();
        }
        long[] point = {elapsedMillis, liveBytes, allocatedBytes, allocatedCount};
        points[count] = point;
        count++; // last: there may be no memory for a point
    }

    long[][] copy() {
        return Arrays.copyOf(points, count); // the points themselves never change
    }

    long heldBytes() {
        return points.length * POINT_BYTES;
    }

    private void halve() {
        for (int i = 0; i < points.length / 2; i++) {
            points[i] = points[2 * i];
        }
        count = points.length / 2;
        intervalMillis *= 2;
    }
}
