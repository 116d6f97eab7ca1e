// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is observed from time to time: live bytes by band, the time line, threads that ended.
 *
 * <p>Summing up all threads takes longer the more there are, so it is done less often then: it may use one part in
 * {@value #DUTY_DIVISOR} of the time, but pauses a quarter of a second at most.
 */
final class RecorderTicks {
    private static final long DUTY_DIVISOR = 400;
    /** The first observation runs cold and would stop the ones after it for seconds. */
    private static final long MAX_PAUSE_NANOS = 250_000_000;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int MOST_READINGS = 8;
    private static final int MAX_POINTS = 512;
    /** Entry points are many: a quarter of the points still makes a chart. */
    private static final int MAX_ENTRY_POINTS = MAX_POINTS / 4;

    private static final long[][] NO_POINTS = {};

    private final Recorder recorder;
    private final RecordedTimeLine timeLine = new RecordedTimeLine(MAX_POINTS);
    private final @Nullable RecordedTimeLine[] entryTimeLines = new @Nullable RecordedTimeLine[Recorder.ENTRY_POINTS];
    /** Of each entry point, what its clocks went to: they never go back in its time line either. */
    private final long[] entryAllocatedBytes = new long[Recorder.ENTRY_POINTS];

    private final long[] entryAllocatedCount = new long[Recorder.ENTRY_POINTS];
    private final long[] bandPeakBytes = new long[Recorder.ENTRY_POINTS * SizeBands.COUNT];
    private final @Nullable RangePeakBytes[] rangePeaks = new @Nullable RangePeakBytes[Recorder.ENTRY_POINTS];
    /** Ticker only, as are the others below. */
    private boolean started;

    private long startNanoTime;
    private long nextObservationNanos;

    /** Filled anew at each observation; under registry.reading. */
    private final long[] sums = new long[Sum.COUNT];

    private final long[] sumsApart = new long[Sum.COUNT];
    private long allocatedBytes;
    private long allocatedCount;
    private long peakHeapLiveBytes;
    /** Of one entry point. */
    private final long[] bandBytes = new long[SizeBands.COUNT];

    private final long[] entrySum = new long[Sum.COUNT];

    RecorderTicks(Recorder recorder) {
        this.recorder = recorder;
    }

    long elapsedNanos(long nanoTime) {
        if (!started) {
            started = true;
            startNanoTime = nanoTime;
        }
        return nanoTime - startNanoTime;
    }

    /** Sums up if it is time to, and nobody else does. */
    @ReservedStack
    void observe(long elapsedNanos) {
        if (elapsedNanos < nextObservationNanos || !recorder.registry.reading.tryAcquire()) {
            return;
        }
        long begin = System.nanoTime();
        try {
            recorder.registry.foldEnded();
            observeNow(elapsedNanos);
        } finally {
            recorder.registry.reading.release();
        }
        nextObservationNanos = elapsedNanos + Math.min(MAX_PAUSE_NANOS, (System.nanoTime() - begin) * DUTY_DIVISOR);
    }

    /** Under registry.reading. */
    void observeNow(long elapsedNanos) {
        Arrays.fill(sums, 0);
        @Nullable ThreadRecorder[] threads = recorder.registry.held();
        for (int entryPoint = 0; entryPoint < Recorder.ENTRY_POINTS; entryPoint++) {
            if (recorder.isUsed(entryPoint)) {
                observe(entryPoint, threads, elapsedNanos);
            }
        }
        recorder.liveBytes.raisePeak(LiveBytes.TOTAL, sums[Sum.LIVE_BYTES]);
        peakHeapLiveBytes = Math.max(peakHeapLiveBytes, sums[Sum.HEAP_LIVE_BYTES]);
        // Read while they change, the clocks may go back by a little; what was allocated never does.
        allocatedBytes = Math.max(allocatedBytes, sums[Sum.ALLOCATED_BYTES]);
        allocatedCount = Math.max(allocatedCount, sums[Sum.ALLOCATED_COUNT]);
        timeLine.add(elapsedNanos / NANOS_PER_MILLI, sums[Sum.LIVE_BYTES], allocatedBytes, allocatedCount);
        recorder.sites.raisePeaks();
    }

    long[][] timeLine() {
        return timeLine.copy();
    }

    /** Of one entry point, from its first event on. */
    long[][] timeLine(int entryPoint) {
        RecordedTimeLine points = entryTimeLines[entryPoint];
        return points == null ? NO_POINTS : points.copy();
    }

    /** Of blocks that may lie in the C library's heaps; under registry.reading. */
    long peakHeapLiveBytes() {
        return peakHeapLiveBytes;
    }

    long bandPeakBytes(int entryPoint, int band) {
        return bandPeakBytes[entryPoint * SizeBands.COUNT + band];
    }

    /** By {@link SizeBands#range}. */
    long[] rangePeakBytes(int entryPoint) {
        RangePeakBytes peaks = rangePeaks[entryPoint];
        return peaks == null ? new long[SizeBands.RANGES] : peaks.copy();
    }

    long heldBytes() {
        long bytes = timeLine.heldBytes();
        for (int entryPoint = 0; entryPoint < rangePeaks.length; entryPoint++) {
            RecordedTimeLine points = entryTimeLines[entryPoint];
            bytes += rangePeaks[entryPoint] == null ? 0 : RangePeakBytes.HELD_BYTES;
            bytes += points == null ? 0 : points.heldBytes();
        }
        return bytes;
    }

    private void observe(int entryPoint, @Nullable ThreadRecorder[] threads, long elapsedNanos) {
        long entryLiveBytes = 0;
        long heapLiveBytes = 0;
        long mostLiveBytes = recorder.mostLiveBytes(entryPoint);
        readSteadily(entryPoint, threads);
        for (int band = 0; band < SizeBands.COUNT; band++) {
            int peak = entryPoint * SizeBands.COUNT + band;
            bandPeakBytes[peak] = Math.max(bandPeakBytes[peak], Math.min(bandBytes[band], mostLiveBytes));
            entryLiveBytes += bandBytes[band];
            heapLiveBytes += band <= SizeBands.LAST_IN_HEAPS ? bandBytes[band] : 0;
        }
        raiseRangePeaks(entryPoint, mostLiveBytes);
        entryLiveBytes = Math.min(entryLiveBytes, mostLiveBytes);
        recorder.liveBytes.raisePeak(entryPoint, entryLiveBytes);
        addPoint(entryPoint, elapsedNanos / NANOS_PER_MILLI, entryLiveBytes);
        long[] entrySums = Recorder.isApart(entryPoint) ? sumsApart : sums;
        entrySums[Sum.LIVE_BYTES] += entryLiveBytes;
        entrySums[Sum.HEAP_LIVE_BYTES] += Math.min(heapLiveBytes, entryLiveBytes);
        entrySums[Sum.ALLOCATED_BYTES] += entrySum[Sum.ALLOCATED_BYTES];
        entrySums[Sum.ALLOCATED_COUNT] += entrySum[Sum.ALLOCATED_COUNT];
    }

    private void addPoint(int entryPoint, long elapsedMillis, long liveBytes) {
        RecordedTimeLine points = entryTimeLines[entryPoint];
        if (points == null) {
            points = new RecordedTimeLine(MAX_ENTRY_POINTS);
            entryTimeLines[entryPoint] = points;
        }
        entryAllocatedBytes[entryPoint] = Math.max(entryAllocatedBytes[entryPoint], entrySum[Sum.ALLOCATED_BYTES]);
        entryAllocatedCount[entryPoint] = Math.max(entryAllocatedCount[entryPoint], entrySum[Sum.ALLOCATED_COUNT]);
        points.add(elapsedMillis, liveBytes, entryAllocatedBytes[entryPoint], entryAllocatedCount[entryPoint]);
    }

    /**
     * Reads what is live by bands. What threads allocate meanwhile may be seen without the frees that made room for it. Where all blocks are counted that
     * would be most of what is seen: if it is much, it is read again, and at last taken off, so that no peak is higher than what was held.
     */
    private void readSteadily(int entryPoint, @Nullable ThreadRecorder[] threads) {
        read(entryPoint, threads);
        if (!recorder.options.followsAll()) {
            return;
        }
        for (int reading = 1; ; reading++) {
            long movedBytes = allocatedBytes(entryPoint, threads) - entrySum[Sum.ALLOCATED_BYTES];
            if (movedBytes <= recorder.options.liveFlushBytes()) {
                return;
            }
            if (reading == MOST_READINGS) {
                takeOff(movedBytes);
                return;
            }
            read(entryPoint, threads);
        }
    }

    private long allocatedBytes(int entryPoint, @Nullable ThreadRecorder[] threads) {
        EntryRecord ended = recorder.registry.ended.entryOrNull(entryPoint);
        long bytes = ended == null ? 0 : ended.clockBytes();
        for (int slot = 0; slot < threads.length; slot++) {
            ThreadRecorder thread = threads[slot];
            EntryRecord entry = thread == null ? null : thread.entryOrNull(entryPoint);
            bytes += entry == null ? 0 : entry.clockBytes();
        }
        return bytes;
    }

    private void takeOff(long movedBytes) {
        for (int band = 0; band < SizeBands.COUNT; band++) {
            bandBytes[band] = Math.max(0, bandBytes[band] - movedBytes);
        }
    }

    private void read(int entryPoint, @Nullable ThreadRecorder[] threads) {
        Arrays.fill(bandBytes, 0);
        Arrays.fill(entrySum, 0);
        addEntry(recorder.registry.ended.entryOrNull(entryPoint), bandBytes, entrySum);
        for (int slot = 0; slot < threads.length; slot++) {
            ThreadRecorder thread = threads[slot];
            addEntry(thread == null ? null : thread.entryOrNull(entryPoint), bandBytes, entrySum);
        }
    }

    private void raiseRangePeaks(int entryPoint, long mostLiveBytes) {
        RangePeakBytes peaks = rangePeaks[entryPoint];
        if (peaks == null) {
            peaks = new RangePeakBytes();
            rangePeaks[entryPoint] = peaks;
        }
        peaks.raise(bandBytes, mostLiveBytes);
    }

    @OutOfLine
    private static void addEntry(@Nullable EntryRecord entry, long[] bandBytes, long[] sums) {
        if (entry != null) {
            sums[Sum.ALLOCATED_BYTES] += entry.clockBytes();
            sums[Sum.ALLOCATED_COUNT] += entry.clockCount();
            entry.addLiveBytes(bandBytes);
        }
    }

    private static final class Sum {
        static final int LIVE_BYTES = 0;
        static final int ALLOCATED_BYTES = 1;
        static final int ALLOCATED_COUNT = 2;
        static final int HEAP_LIVE_BYTES = 3;
        static final int COUNT = 4;

        private Sum() {}
    }
}
