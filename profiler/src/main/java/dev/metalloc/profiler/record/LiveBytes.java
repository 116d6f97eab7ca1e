// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Bytes live at once, per entry point and over all, and their peaks; any thread.
 *
 * <p>Threads add what has changed only when it exceeds {@link RecorderOptions#liveFlushBytes()}, so that a peak is off by
 * at most that much for each thread and entry point. The exact sums of a tick raise it where they are higher.
 */
final class LiveBytes {
    static final int TOTAL = Recorder.ENTRY_POINTS;
    /** Two cells to a line of 64 bytes would make threads of different entry points collide. */
    private static final int STRIDE = 16;

    private static final int PEAK = 1;

    private final Recorder recorder;
    private final AtomicLongArray cells = new AtomicLongArray((TOTAL + 2) * STRIDE);

    LiveBytes(Recorder recorder) {
        this.recorder = recorder;
    }

    @OutOfLine
    void add(int entryPoint, long bytes) {
        addTo(entryPoint, bytes);
        if (!Recorder.isApart(entryPoint)) {
            addTo(TOTAL, bytes);
        }
    }

    long peak(int entryPoint) {
        return cells.get(cell(entryPoint) + PEAK);
    }

    void raisePeak(int entryPoint, long liveBytes) {
        int peak = cell(entryPoint) + PEAK;
        long seen = cells.get(peak);
        while (liveBytes > seen && !cells.compareAndSet(peak, seen, liveBytes)) {
            seen = cells.get(peak);
        }
    }

    private void addTo(int entryPoint, long bytes) {
        long live = cells.addAndGet(cell(entryPoint), bytes);
        if (bytes > 0 && live > peak(entryPoint)) {
            raiseBoundedPeak(entryPoint, live);
        }
    }

    @OutOfLine
    private void raiseBoundedPeak(int entryPoint, long liveBytes) {
        raisePeak(entryPoint, recorder.boundsLiveBytes() ? Math.min(liveBytes, bound(entryPoint)) : liveBytes);
    }

    private long bound(int entryPoint) {
        return entryPoint == TOTAL ? boundedTotal() : bounded(entryPoint);
    }

    private long bounded(int entryPoint) {
        return Math.min(cells.get(cell(entryPoint)), recorder.mostLiveBytes(entryPoint));
    }

    private long boundedTotal() {
        long total = 0;
        for (int entryPoint = 0; entryPoint < TOTAL; entryPoint++) {
            total += Recorder.isApart(entryPoint) ? 0 : bounded(entryPoint);
        }
        return total;
    }

    /** One stride left free at the front keeps the first cell off the array's header. */
    private static int cell(int entryPoint) {
        return (entryPoint + 1) * STRIDE;
    }
}
