// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.workload.cache;

import dev.metalloc.bench.workload.Outcome;
import dev.metalloc.bench.workload.RandomText;
import dev.metalloc.bench.workload.WorkArguments;
import dev.metalloc.bench.workload.WorkPhase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Several threads look up random keys in an off-heap cache that is too small for all of them and write some anew: values
 * of 100 bytes to 2 KiB, freed in no order and often by another thread.
 *
 * <p>A key's value never changes, and what is missing is computed without being kept, so neither the checksum nor the
 * number of writes depends on which thread came first.
 */
public final class OffHeapCacheWorkload {

    private static final int LEAST_VALUE_BYTES = 100;
    private static final int MOST_VALUE_BYTES = 2048;
    private static final int WRITTEN_PERCENT = 40;

    private final ByteCache cache;
    private final long operationsPerThread;
    private final long keyCount;

    private OffHeapCacheWorkload(ByteCache cache, long operationsPerThread, long keyCount) {
        this.cache = cache;
        this.operationsPerThread = operationsPerThread;
        this.keyCount = keyCount;
    }

    /** Arguments: {@code operations=N} in all, {@code threads=N}, {@code keys=N}, {@code megabytes=N}, {@code rounds=N}, {@code library=ohc} or {@code infinispan}, {@code result=FILE}. */
    public static void main(String[] arguments) throws Exception {
        WorkArguments values = new WorkArguments(arguments);
        int threadCount = values.count("threads", 2);
        long operationsPerThread = values.number("operations", 2_000_000) / threadCount;
        long keyCount = values.number("keys", 80_000);
        long capacityBytes = values.number("megabytes", 64) << 20;
        int rounds = values.count("rounds", 1);
        Optional<Path> resultFile = values.text("result").map(Path::of);
        String library = values.text("library").orElse("ohc");
        values.refuseOthers();
        try (ByteCache cache = cache(library, capacityBytes, keyCount)) {
            OffHeapCacheWorkload workload = new OffHeapCacheWorkload(cache, operationsPerThread, keyCount);
            WorkPhase.run(() -> workload.work(threadCount), rounds, resultFile);
        }
    }

    private static ByteCache cache(String library, long capacityBytes, long keyCount) {
        return switch (library) {
            case "ohc" -> new OffHeapCache(capacityBytes, keyCount);
            case "infinispan" -> new InfinispanCache(capacityBytes);
            default -> throw new IllegalArgumentException("library: " + library + " (expected: ohc or infinispan)");
        };
    }

    private Outcome work(int threadCount) throws InterruptedException, ExecutionException {
        long checksum = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(threadCount)) {
            List<Callable<Long>> shares = new ArrayList<>();
            for (int thread = 0; thread < threadCount; thread++) {
                long seed = RandomText.mix(thread);
                shares.add(() -> share(seed));
            }
            for (Future<Long> share : threads.invokeAll(shares)) {
                checksum += share.get();
            }
        }
        return new Outcome(checksum, operationsPerThread * threadCount, cache.allocations());
    }

    private long share(long seed) {
        long checksum = 0;
        for (long operation = 0; operation < operationsPerThread; operation++) {
            long random = RandomText.mix(seed + operation);
            long key = Long.remainderUnsigned(random, keyCount);
            boolean write = (random >>> 48) % 100 < WRITTEN_PERCENT;
            checksum = checksum * 31 + Arrays.hashCode(write ? written(key) : read(key));
        }
        return checksum;
    }

    private byte[] written(long key) {
        byte[] value = value(key);
        cache.put(key, value);
        return value;
    }

    private byte[] read(long key) {
        byte[] found = cache.value(key);
        return found != null ? found : value(key);
    }

    private static byte[] value(long key) {
        return RandomText.bytes(key, RandomText.between(key, LEAST_VALUE_BYTES, MOST_VALUE_BYTES));
    }
}
