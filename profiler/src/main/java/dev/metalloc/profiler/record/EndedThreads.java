// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import org.jspecify.annotations.Nullable;

/** The sums of threads that have ended; guarded by the registry's reading lock. The busiest keep their names. */
final class EndedThreads {
    static final int MAX_NAMED = 64;

    private final @Nullable EntryRecord[] entries = new @Nullable EntryRecord[Recorder.ENTRY_POINTS];
    private final String[] names = new String[MAX_NAMED];
    private final long[][] rows = new long[MAX_NAMED][];
    private final long[] others = new long[ThreadRow.LENGTH];
    private int namedCount;
    private long count;
    private long stackSampleCount;
    private long stackSampleNanos;

    void add(ThreadRecorder thread) {
        for (int i = 0; i < Recorder.ENTRY_POINTS; i++) {
            EntryRecord entry = thread.entryOrNull(i);
            if (entry != null) {
                entry.addTo(entry(i));
                entry.release();
            }
        }
        count++;
        stackSampleCount += thread.stackSampleCount();
        stackSampleNanos += thread.stackSampleNanos();
        addNamed(thread.name(), ThreadRow.of(thread));
    }

    @Nullable
    EntryRecord entryOrNull(int entryPoint) {
        return entries[entryPoint];
    }

    long count() {
        return count;
    }

    long stackSampleCount() {
        return stackSampleCount;
    }

    long stackSampleNanos() {
        return stackSampleNanos;
    }

    int namedCount() {
        return namedCount;
    }

    String name(int index) {
        return names[index];
    }

    long[] row(int index) {
        return rows[index].clone();
    }

    long[] others() {
        return others.clone();
    }

    long heldBytes() {
        long bytes = (long) MAX_NAMED * ThreadRow.LENGTH * Long.BYTES;
        for (int i = 0; i < Recorder.ENTRY_POINTS; i++) {
            EntryRecord entry = entries[i];
            bytes += entry == null ? 0 : entry.heldBytes();
        }
        return bytes;
    }

    private EntryRecord entry(int entryPoint) {
        EntryRecord entry = entries[entryPoint];
        if (entry == null) {
            entry = EntryRecord.total(entryPoint);
            entries[entryPoint] = entry;
        }
        return entry;
    }

    private void addNamed(String name, long[] row) {
        if (namedCount < MAX_NAMED) {
            names[namedCount] = name;
            rows[namedCount++] = row;
            return;
        }
        int least = leastBusy();
        if (ThreadRow.events(rows[least]) < ThreadRow.events(row)) {
            ThreadRow.add(others, rows[least]);
            names[least] = name;
            rows[least] = row;
        } else {
            ThreadRow.add(others, row);
        }
    }

    private int leastBusy() {
        int least = 0;
        for (int i = 1; i < namedCount; i++) {
            if (ThreadRow.events(rows[i]) < ThreadRow.events(rows[least])) {
                least = i;
            }
        }
        return least;
    }
}
