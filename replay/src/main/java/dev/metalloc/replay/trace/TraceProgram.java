// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.trace;

import java.util.List;

/**
 * A whole trace in memory, ready to be replayed many times: events in arrays, blocks in slots that are used again.
 *
 * <p>Immutable, but for arrays that are handed out and that nobody may change; any thread.
 */
/* Implementation notes
 *
 * step     slot << 3 | zeroed << 2 | operation (0 allocate, 1 free, 2 reallocate)
 * request  byteSize << 6 | log2 of the alignment; 0 for a free
 *
 * A block's slot is its place in a table of addresses; a reallocated block keeps its slot. Slots are used again, the last one first,
 * so that the table is no larger than a program's own would be. Events after eventCount() free what was live at the end.
 */
public final class TraceProgram {

    public static final int ALLOCATE = 0;
    public static final int FREE = 1;
    public static final int REALLOCATE = 2;
    public static final int OPERATION_MASK = 3;
    public static final int ZEROED = 4;
    public static final int SLOT_SHIFT = 3;
    public static final int ALIGNMENT_BITS = 6;
    public static final int ALIGNMENT_MASK = (1 << ALIGNMENT_BITS) - 1;

    /**
     * Consecutive events of one thread, or of several that share a worker.
     *
     * @param from first event
     * @param to the event after the last
     */
    public record Run(int thread, int from, int to) {}

    private final String name;
    private final int[] steps;
    private final long[] requests;
    private final int[] micros;
    private final int eventCount;
    private final int slotCount;
    private final int threadCount;
    private final long peakRequestedBytes;
    private final List<Run> runs;
    private final List<Run> epilogue;

    TraceProgram(TraceBuilder compiled) {
        this.name = compiled.name();
        this.steps = compiled.steps();
        this.requests = compiled.requests();
        this.micros = compiled.micros();
        this.eventCount = compiled.eventCount();
        this.slotCount = compiled.slotCount();
        this.threadCount = compiled.threadCount();
        this.peakRequestedBytes = compiled.peakRequestedBytes();
        this.runs = compiled.runs();
        this.epilogue = compiled.epilogue();
    }

    public String name() {
        return name;
    }

    public int[] steps() {
        return steps;
    }

    public long[] requests() {
        return requests;
    }

    /** Microseconds since the recording began, at each event of the trace. */
    public int[] micros() {
        return micros;
    }

    /** Events of the trace, time events left out. */
    public int eventCount() {
        return eventCount;
    }

    public int slotCount() {
        return slotCount;
    }

    /** Threads to replay it by: those of the trace, of many fewer. */
    public int threadCount() {
        return threadCount;
    }

    public long peakRequestedBytes() {
        return peakRequestedBytes;
    }

    /** The events of the trace, in order. */
    public List<Run> runs() {
        return runs;
    }

    /** Frees, by the threads that allocated them, of all blocks that were live at the end. */
    public List<Run> epilogue() {
        return epilogue;
    }
}
