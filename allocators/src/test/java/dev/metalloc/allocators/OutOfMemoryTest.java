// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs one workload again and again, with the first, the second, the third … acquisition of memory refused, until a run
 * passes without one: each time requests are answered with a block or with none, contents stay, and nothing leaks.
 */
class OutOfMemoryTest {

    private static final int MOST_RUNS = 2000;

    @ParameterizedTest
    @MethodSource("dev.metalloc.allocators.Subjects#withRecords")
    void shouldSurviveTheRefusalOfAnyAcquisition(Subject subject) {
        int acquisition = 0;
        boolean isRefused;
        do {
            acquisition++;
            assertTrue(acquisition < MOST_RUNS, "the workload ends");
            isRefused = runRefusing(subject, acquisition);
        } while (isRefused);
        assertTrue(acquisition > 3, "refused acquisitions: " + (acquisition - 1));
    }

    /** Whether there was such an acquisition. */
    private static boolean runRefusing(Subject subject, int acquisition) {
        try (MmapChunkSource source = new MmapChunkSource(1L << 30)) {
            FailingChunkSource failing = FailingChunkSource.onlyAt(source, acquisition);
            try (OffHeapAllocator allocator = subject.create(failing)) {
                long largest = Math.min(allocator.traits().maxByteSize(), 20_000);
                new ModelRun(allocator, 11, 1200, largest).run();
                assertEquals(0, allocator.stats().liveCount());
                allocator.validate();
                allocator.purge();
                assertEquals(0, source.committedBytes(), "memory left");
                allocator.validate();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("acquisition " + acquisition + " refused: " + e.getMessage(), e);
            }
            assertEquals(0, source.reservedBytes(), "address space left");
            return failing.acquisitions() >= acquisition;
        }
    }
}
