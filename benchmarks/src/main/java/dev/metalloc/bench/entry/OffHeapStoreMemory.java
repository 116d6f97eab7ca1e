// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.entry;

import dev.metalloc.bench.workload.WorkPhase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What a JVM with the memory of an off-heap cache over {@code sun.misc.Unsafe} holds, and how long an operation takes, in plain loops: values of 100 bytes
 * to 2 KiB, which threads replace at random, whoever allocated them; then as many again.
 *
 * <p>Arguments: bytes of all live values at first; seconds to run with them, and with twice as many; threads. A line each. The compilers' own memory of
 * the first seconds is part of the peak.
 */
public final class OffHeapStoreMemory {

    private static final int OPERATIONS = 100_000;

    private final AtomicLongArray values;
    private final int threadCount;

    private OffHeapStoreMemory(int valueCount, int threadCount) {
        values = new AtomicLongArray(valueCount);
        this.threadCount = threadCount;
    }

    /** Operations of all threads, and the fewest nanoseconds that one took for many. */
    private record Done(long count, double leastNanos) {}

    public static void main(String[] arguments) throws Exception {
        int valueCount = Integer.parseInt(arguments[0]) / OffHeapStoreBenchmark.MEAN_VALUE_BYTES;
        int seconds = Integer.parseInt(arguments[1]);
        OffHeapStoreMemory store = new OffHeapStoreMemory(2 * valueCount, Integer.parseInt(arguments[2]));
        store.run(valueCount, seconds);
        store.run(2 * valueCount, seconds);
    }

    private void run(int valueCount, int seconds) throws InterruptedException, ExecutionException, IOException {
        long count = 0;
        double leastNanos = Double.MAX_VALUE;
        try (ExecutorService threads = Executors.newFixedThreadPool(threadCount)) {
            List<Future<Done>> shares = new ArrayList<>();
            for (int thread = 0; thread < threadCount; thread++) {
                SplittableRandom random = new SplittableRandom(thread);
                shares.add(threads.submit(() -> work(random, valueCount, seconds)));
            }
            for (Future<Done> share : shares) {
                Done done = share.get();
                count += done.count();
                leastNanos = Math.min(leastNanos, done.leastNanos());
            }
        }
        System.out.printf(
                Locale.ROOT,
                "threads=%d liveMiB=%d rssMiB=%.1f peakRssMiB=%.1f nanosPerOperation=%.1f leastNanos=%.1f%n",
                threadCount,
                ((long) valueCount * OffHeapStoreBenchmark.MEAN_VALUE_BYTES) >> 20,
                WorkPhase.residentBytes() / (double) (1 << 20),
                WorkPhase.peakResidentBytes() / (double) (1 << 20),
                (double) TimeUnit.SECONDS.toNanos(seconds) * threadCount / count,
                leastNanos);
    }

    private Done work(SplittableRandom random, int valueCount, int seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        long count = 0;
        long leastNanos = Long.MAX_VALUE;
        for (long start = System.nanoTime(); start < end; start = System.nanoTime()) {
            try {
                replaceMany(random, valueCount);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
            leastNanos = Math.min(leastNanos, System.nanoTime() - start);
            count += OPERATIONS;
        }
        return new Done(count, (double) leastNanos / OPERATIONS);
    }

    /** Apart, so that it is compiled as a whole. */
    private void replaceMany(SplittableRandom random, int valueCount) throws Throwable {
        for (int i = 0; i < OPERATIONS; i++) {
            long before = values.getAndSet(random.nextInt(valueCount), OffHeapStoreBenchmark.value(random));
            if (before != 0) {
                UnsafeCalls.free(before);
            }
        }
    }
}
