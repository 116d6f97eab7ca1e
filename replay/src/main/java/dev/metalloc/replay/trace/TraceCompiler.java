// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.trace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads a trace into a {@link TraceProgram}. Used once, by one thread. */
public final class TraceCompiler {

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
    private long[] requests = new long[1024];
    private long[] bytesOfSlot = new long[1024];
    private int eventCount;
    private int threadCount;
    private long liveBytes;
    private long peakRequestedBytes;
    private int runThread = NONE;
    private int runStart;

    private TraceCompiler(String name) {
        this.name = name;
    }

    /**
     * Reads a file.
     *
     * @throws TraceFormatException where it is no trace, or contradicts itself
     */
    public static TraceProgram compile(Path file) throws IOException {
        try (TraceReader trace = TraceReader.open(file)) {
            return compile(String.valueOf(file.getFileName()), trace);
        }
    }

    /** Reads what is left of a trace; the name is for messages and tables. */
    public static TraceProgram compile(String name, TraceReader trace) throws IOException {
        TraceCompiler compiler = new TraceCompiler(name);
        while (trace.next()) {
            compiler.add(trace);
        }
        compiler.finish();
        return new TraceProgram(compiler);
    }

    private void add(TraceReader trace) throws IOException {
        if (trace.operation() == TraceOperation.TIME) {
            return;
        }
        enter(trace.thread());
        int slot;
        switch (trace.operation()) {
            case ALLOCATE -> {
                slot = takeSlot(trace.thread());
                start(slot, trace.byteSize());
                append(slot, TraceProgram.ALLOCATE | (trace.isZeroed() ? TraceProgram.ZEROED : 0), request(trace));
            }
            case FREE -> {
                slot = end(trace.endedBlock());
                freeSlots.add(slot);
                threadOfSlot.set(slot, NONE);
                append(slot, TraceProgram.FREE, 0);
            }
            default -> {
                slot = end(trace.endedBlock());
                start(slot, trace.byteSize());
                append(slot, TraceProgram.REALLOCATE, request(trace));
            }
        }
        micros.add((int) Math.min(trace.micros(), Integer.MAX_VALUE));
    }

    private static long request(TraceReader trace) {
        return trace.byteSize() << TraceProgram.ALIGNMENT_BITS | Long.numberOfTrailingZeros(trace.byteAlignment());
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

    private int takeSlot(int thread) throws TraceFormatException {
        int slot = freeSlots.size() > 0 ? freeSlots.removeLast() : threadOfSlot.size();
        if (slot == threadOfSlot.size()) {
            if (slot == MAX_SLOTS) {
                throw new TraceFormatException(name + ": more than " + MAX_SLOTS + " live blocks (record a part)");
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
        peakRequestedBytes = Math.max(peakRequestedBytes, liveBytes);
    }

    private int end(int block) throws TraceFormatException {
        int slot = slotOfBlock.get(block);
        if (slot == NONE) {
            throw new TraceFormatException(name + ": block " + block + " ends twice (record it again)");
        }
        slotOfBlock.set(block, NONE);
        liveBytes -= bytesOfSlot[slot];
        return slot;
    }

    private void append(int slot, int operation, long request) {
        int event = steps.size();
        if (event == requests.length) {
            requests = Arrays.copyOf(requests, event * 2);
        }
        requests[event] = request;
        steps.add(slot << TraceProgram.SLOT_SHIFT | operation);
    }

    private void finish() {
        leave(runs, steps.size());
        eventCount = steps.size();
        for (int thread = 0; thread < threadCount; thread++) {
            runThread = thread;
            for (int slot = 0; slot < threadOfSlot.size(); slot++) {
                if (threadOfSlot.get(slot) == thread) {
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
        return List.copyOf(runs);
    }

    List<TraceProgram.Run> epilogue() {
        return List.copyOf(epilogue);
    }
}
