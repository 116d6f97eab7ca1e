// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Prints rough nanoseconds of CPU time per allocate and free: to catch disasters, not to quote. Arguments: name[;key=value]… */
final class SanityMeasurement {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 40;
    private static final int OPERATIONS = 500_000;

    private SanityMeasurement() {}

    public static void main(String[] arguments) {
        for (String argument : arguments) {
            try (MmapChunkSource source = new MmapChunkSource(4L << 30);
                    OffHeapAllocator allocator = Allocators.create(spec(argument), source)) {
                System.out.printf(
                        "%-40s pair %.1f  lifo %.1f  random 64 B %.1f  random sizes %.1f  zeroed 64 B %.1f%n",
                        argument,
                        best(allocator, 0),
                        best(allocator, 1),
                        best(allocator, 2),
                        best(allocator, 3),
                        best(allocator, 4));
            }
        }
    }

    private static AllocatorSpec spec(String argument) {
        String[] parts = argument.split(";", -1);
        Map<String, String> parameters = new HashMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            parameters.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
        }
        return new AllocatorSpec(parts[0], parameters);
    }

    private static double best(OffHeapAllocator allocator, int kind) {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = THREADS.getCurrentThreadCpuTime();
            long operations = run(allocator, kind);
            best = Math.min(best, (THREADS.getCurrentThreadCpuTime() - start) / (double) operations);
        }
        return best;
    }

    private static long run(OffHeapAllocator allocator, int kind) {
        if (kind == 0) {
            return pair(allocator);
        }
        if (kind == 1) {
            return lifo(allocator);
        }
        return kind == 4 ? zeroedPair(allocator) : random(allocator, kind == 3);
    }

    private static long pair(OffHeapAllocator allocator) {
        for (int i = 0; i < OPERATIONS; i++) {
            allocator.free(allocator.allocate(64, 16));
        }
        return OPERATIONS;
    }

    private static long zeroedPair(OffHeapAllocator allocator) {
        for (int i = 0; i < OPERATIONS; i++) {
            allocator.free(allocator.allocateZeroed(64, 16));
        }
        return OPERATIONS;
    }

    private static long lifo(OffHeapAllocator allocator) {
        long[] blocks = new long[1000];
        for (int round = 0; round < OPERATIONS / blocks.length; round++) {
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = allocator.allocate(64, 16);
            }
            for (int i = blocks.length - 1; i >= 0; i--) {
                allocator.free(blocks[i]);
            }
        }
        return OPERATIONS;
    }

    private static long random(OffHeapAllocator allocator, boolean isVaried) {
        Random random = new Random(1);
        int[] slots = new int[1 << 16];
        int[] sizes = new int[1 << 16];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = random.nextInt(10_000);
            sizes[i] = isVaried ? 16 + random.nextInt(1 << (4 + random.nextInt(9))) : 64;
        }
        long[] blocks = new long[10_000];
        for (int i = 0; i < OPERATIONS; i++) {
            int at = i & 0xffff;
            long old = blocks[slots[at]];
            if (old != 0) {
                allocator.free(old);
            }
            blocks[slots[at]] = allocator.allocate(sizes[at], 16);
        }
        for (long block : blocks) {
            if (block != 0) {
                allocator.free(block);
            }
        }
        return OPERATIONS;
    }
}
