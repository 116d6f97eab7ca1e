// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.entry;

import dev.metalloc.bench.workload.WorkPhase;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What a JVM with the off-heap cache of {@link OffHeapStoreBenchmark} holds, at its peak and at the end, and how long an operation takes, in a
 * plain loop.
 *
 * <p>One line. Arguments: bytes of all live values; seconds to run. The compilers' own memory of the first seconds is part of the peak.
 */
public final class OffHeapStoreMemory {

    private static final int OPERATIONS = 1_000_000;

    private OffHeapStoreMemory() {}

    public static void main(String[] arguments) throws Throwable {
        OffHeapStoreBenchmark store = new OffHeapStoreBenchmark();
        store.byteSize = Integer.parseInt(arguments[0]);
        store.fill();
        long nanos = Long.MAX_VALUE;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Integer.parseInt(arguments[1]));
        for (long start = System.nanoTime(); start < end; start = System.nanoTime()) {
            work(store);
            nanos = Math.min(nanos, System.nanoTime() - start);
        }
        System.out.printf(
                Locale.ROOT,
                "liveBytes=%d peakRssMiB=%.1f rssMiB=%.1f nanosPerOperation=%.1f%n",
                store.byteSize,
                WorkPhase.peakResidentBytes() / (double) (1 << 20),
                WorkPhase.residentBytes() / (double) (1 << 20),
                (double) nanos / OPERATIONS);
    }

    /** Apart, so that it is compiled as a whole. */
    private static long work(OffHeapStoreBenchmark store) throws Throwable {
        long sum = 0;
        for (int i = 0; i < OPERATIONS; i++) {
            sum += store.offHeapStore();
        }
        return sum;
    }
}
