// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where a hot path finds the {@link QuickCounts} of the running thread, or those of another, which refuse: they stand at the low bits of their
 * thread's number.
 *
 * <p>One thread at a time chooses; any thread reads, and may see late what was chosen. A slot is written only where it changes, since each
 * write is a card that the garbage collector has to look at.
 */
public final class QuickSlots {
    /** A power of two, so that a thread's slot is {@code threadId & (COUNT - 1)}. */
    public static final int COUNT = 64;

    /** Turns after which it is looked again which of the threads that want the same slot is the busier one. */
    private static final int TURNS = 64;

    private final QuickCounts[] byThread = new QuickCounts[COUNT];
    private final @Nullable QuickCounts[] chosen = new @Nullable QuickCounts[COUNT];
    private @Nullable Recorder chosenFrom;
    private int seenChangeCount;
    private int turnsLeft;

    public QuickSlots() {
        Arrays.fill(byThread, QuickCounts.NOBODY);
    }

    /** The slots themselves, for a constant of the hot path; never null inside. */
    public QuickCounts[] byThread() {
        return byThread;
    }

    /** Lets threads that have begun to record blocks of the entry point count them by their slots. */
    void choose(Recorder recorder, int entryPoint) {
        int changeCount = recorder.changeCount();
        turnsLeft--;
        if (recorder == chosenFrom && changeCount == seenChangeCount && turnsLeft > 0) {
            return;
        }
        chosenFrom = recorder;
        seenChangeCount = changeCount;
        turnsLeft = TURNS;
        Arrays.fill(chosen, null);
        @Nullable ThreadRecorder[] threads = recorder.registry.held();
        for (int i = 0; i < threads.length; i++) {
            ThreadRecorder thread = threads[i];
            EntryRecord entry = thread == null ? null : thread.entryOrNull(entryPoint);
            if (thread != null && entry != null) {
                offer((int) thread.threadId & (COUNT - 1), entry.quick);
            }
        }
        write();
    }

    /** From now on all refuse. */
    public void clear() {
        chosenFrom = null;
        Arrays.fill(chosen, null);
        write();
    }

    private void offer(int slot, QuickCounts quick) {
        QuickCounts other = chosen[slot];
        if (other == null || other.allocateCount() < quick.allocateCount()) {
            chosen[slot] = quick;
        }
    }

    private void write() {
        for (int slot = 0; slot < COUNT; slot++) {
            QuickCounts next = chosen[slot];
            QuickCounts written = next == null ? QuickCounts.NOBODY : next;
            if (byThread[slot] != written) {
                byThread[slot] = written;
            }
        }
    }
}
