// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** All threads at the time of a snapshot: those alive and the busiest of the ended ones by name, the rest as one. */
final class NamedThreads {
    /** Threads alive beyond this are summed up: a snapshot must stay small in programs with tens of thousands. */
    private static final int MAX_ALIVE_NAMED = 4096;

    private final String[] names;
    private final long[][] rows;
    private final long[] others;
    private int count;
    private int heldCount;
    private long stackSampleCount;
    private long stackSampleNanos;

    NamedThreads(RecorderRegistry registry) {
        EndedThreads ended = registry.ended;
        @Nullable ThreadRecorder[] held = registry.held();
        int capacity = Math.min(held.length, MAX_ALIVE_NAMED) + EndedThreads.MAX_NAMED;
        names = new String[capacity];
        rows = new long[capacity][];
        others = ended.others();
        stackSampleCount = ended.stackSampleCount();
        stackSampleNanos = ended.stackSampleNanos();
        for (int i = 0; i < ended.namedCount(); i++) {
            add(ended.name(i), ended.row(i));
        }
        for (int slot = 0; slot < held.length; slot++) {
            ThreadRecorder thread = held[slot];
            if (thread != null) {
                heldCount++;
                stackSampleCount += thread.stackSampleCount();
                stackSampleNanos += thread.stackSampleNanos();
                add(thread.name(), ThreadRow.of(thread));
            }
        }
    }

    String[] names() {
        return Arrays.copyOf(names, count);
    }

    long[][] rows() {
        return Arrays.copyOf(rows, count);
    }

    long[] others() {
        return others;
    }

    int heldCount() {
        return heldCount;
    }

    long stackSampleCount() {
        return stackSampleCount;
    }

    long stackSampleNanos() {
        return stackSampleNanos;
    }

    private void add(String name, long[] row) {
        if (count == names.length) {
            ThreadRow.add(others, row);
            return;
        }
        names[count] = name;
        rows[count++] = row;
    }
}
