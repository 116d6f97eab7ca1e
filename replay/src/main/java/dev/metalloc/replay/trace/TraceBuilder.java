// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Makes a {@link TraceProgram} of events given in order. Used once, by one thread. */
public final class TraceBuilder {

    private static final int MAX_SLOTS = 1 << 28;
    private static final int NONE = -1;

    private final String name;
    private final IntList steps = new IntList();
    private final IntList micros = new IntList();
    private final IntList freeSlots = new IntList();
    private final IntList slotOfBlock = new IntList();
    private final IntList threadOfSlot = new IntList();
    private final List<TraceProgram.Run> runs = new ArrayList<>();
    private final List<TraceProgram.Run> epilogue = new ArrayList<>();
    private List<TraceProgram.Run> folded = List.of();
    private long[] requests = new long[1024];
    private long[] bytesOfSlot = new long[1024];
    private int eventCount;
    private int threadCount;
    private long liveBytes;
    private long peakRequestedBytes;
    private int runThread = NONE;
    private int runStart;
    private int now;

    /** The name is for messages and tables. */
    public TraceBuilder(String name) {
        this.name = name;
    }

    /** A block begins; answers its number, counted from 0. */
    public int allocate(int thread, long byteSize, long byteAlignment, boolean zeroed) {
        enter(thread);
        int slot = takeSlot(thread);
        start(slot, byteSize);
        return append(
                slot, TraceProgram.ALLOCATE | (zeroed ? TraceProgram.ZEROED : 0), request(byteSize, byteAlignment));
    }

    /**
     * A block ends.
     *
     * @throws IllegalArgumentException where it is not live
     */
    public void free(int thread, int block) {
        enter(thread);
        int slot = end(block);
        freeSlots.add(slot);
        threadOfSlot.set(slot, NONE);
        append(slot, TraceProgram.FREE, 0);
    }

    /**
     * A block ends and another takes its contents over; answers that one's number.
     *
     * @throws IllegalArgumentException where it is not live
     */
    public int reallocate(int thread, int block, long byteSize) {
        enter(thread);
        int slot = end(block);
        start(slot, byteSize);
        return append(slot, TraceProgram.REALLOCATE, request(byteSize, 1));
    }

    /** The clock as of the next event; it never goes back. */
    public void at(long microsSinceStart) {
        now = (int) Math.min(microsSinceStart, Integer.MAX_VALUE);
    }

    /** All of it; the builder is not to be used any more. */
    public TraceProgram build() {
        finish();
        return new TraceProgram(this);
    }

    private static long request(long byteSize, long byteAlignment) {
        return byteSize << TraceProgram.ALIGNMENT_BITS | Long.numberOfTrailingZeros(byteAlignment);
    }

    private void enter(int thread) {
        if (thread != runThread) {
            leave(runs, steps.size());
            runThread = thread;
            threadCount = Math.max(threadCount, thread + 1);
        }
    }

    private void leave(List<TraceProgram.Run> left, int end) {
        if (end > runStart) {
            left.add(new TraceProgram.Run(runThread, runStart, end));
        }
        runStart = end;
    }

    private int takeSlot(int thread) {
        int slot = freeSlots.size() > 0 ? freeSlots.removeLast() : threadOfSlot.size();
        if (slot == threadOfSlot.size()) {
            if (slot == MAX_SLOTS) {
                throw new IllegalArgumentException("more than " + MAX_SLOTS + " live blocks (record a part)");
            }
            threadOfSlot.add(thread);
        }
        threadOfSlot.set(slot, thread);
        return slot;
    }

    private void start(int slot, long byteSize) {
        slotOfBlock.add(slot);
        if (slot >= bytesOfSlot.length) {
            bytesOfSlot = Arrays.copyOf(bytesOfSlot, slot * 2);
        }
        bytesOfSlot[slot] = byteSize;
        liveBytes += byteSize;
        if (liveBytes < 0) {
            throw new IllegalArgumentException("more than 2^63 live bytes (record it again)");
        }
        peakRequestedBytes = Math.max(peakRequestedBytes, liveBytes);
    }

    private int end(int block) {
        int slot = slotOfBlock.get(block);
        if (slot == NONE) {
            throw new IllegalArgumentException("block " + block + " ends twice (record it again)");
        }
        slotOfBlock.set(block, NONE);
        liveBytes -= bytesOfSlot[slot];
        return slot;
    }

    private int append(int slot, int operation, long request) {
        int event = steps.size();
        if (event == requests.length) {
            requests = Arrays.copyOf(requests, event * 2);
        }
        requests[event] = request;
        steps.add(slot << TraceProgram.SLOT_SHIFT | operation);
        micros.add(now);
        return slotOfBlock.size() - 1;
    }

    private void finish() {
        leave(runs, steps.size());
        eventCount = steps.size();
        Workers workers = new Workers(runs, threadCount);
        folded = workers.folded(runs);
        threadCount = workers.count();
        for (int worker = 0; worker < threadCount; worker++) {
            runThread = worker;
            for (int slot = 0; slot < threadOfSlot.size(); slot++) {
                int thread = threadOfSlot.get(slot);
                if (thread != NONE && workers.of(thread) == worker) {
                    append(slot, TraceProgram.FREE, 0);
                }
            }
            leave(epilogue, steps.size());
        }
    }

    String name() {
        return name;
    }

    int[] steps() {
        return steps.toArray();
    }

    long[] requests() {
        return Arrays.copyOf(requests, steps.size());
    }

    int[] micros() {
        return micros.toArray();
    }

    int eventCount() {
        return eventCount;
    }

    int slotCount() {
        return threadOfSlot.size();
    }

    int threadCount() {
        return threadCount;
    }

    long peakRequestedBytes() {
        return peakRequestedBytes;
    }

    List<TraceProgram.Run> runs() {
        return folded;
    }

    List<TraceProgram.Run> epilogue() {
        return List.copyOf(epilogue);
    }
}
