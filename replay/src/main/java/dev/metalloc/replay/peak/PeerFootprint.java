// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.peak;

import dev.metalloc.replay.loop.NativePeer;
import dev.metalloc.replay.loop.ReplayTarget;
import dev.metalloc.replay.trace.TraceCompiler;
import dev.metalloc.replay.trace.TraceProgram;
import dev.metalloc.replay.trace.TraceThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Measures a native allocator's peak memory for a trace, in a process of its own: peak resident bytes of its mappings, less
 * those after a first block was allocated and freed, so that nobody is charged for starting up.
 *
 * <p>Resident bytes are counted at each new maximum of requested bytes (a quarter of a per cent above the last count) and
 * every thousand events; what an allocator holds only in between is not seen.
 */
public final class PeerFootprint implements ReplayObserver {

    private static final int EVENTS_BETWEEN_COUNTS = 1000;
    private static final long LEAST_GROWTH_BYTES = 4096;

    private final ResidentMemory memory;
    private final LiveBytes live;
    private final long before;
    private long peak;
    private long nextCountAtBytes;
    private int eventsUntilCount = EVENTS_BETWEEN_COUNTS;

    private PeerFootprint(ResidentMemory memory, LiveBytes live) throws IOException {
        this.memory = memory;
        this.live = live;
        this.before = memory.allocatorBytes();
        this.peak = before;
    }

    /** Arguments: peer, trace. Prints one line. */
    public static void main(String[] arguments) throws Exception {
        NativePeer peer = NativePeer.of(arguments[0]);
        try {
            System.out.println(
                    measure(peer, TraceCompiler.compile(Path.of(arguments[1]))).toLine());
        } catch (IOException | RuntimeException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        } catch (OutOfMemoryError e) {
            System.err.println("the trace is too large for its memory");
            System.exit(1);
        }
    }

    /** By the threads of the trace: with the C library's malloc they have heaps that the JVM's other threads do not use. */
    private static TraceFootprint measure(NativePeer peer, TraceProgram program) throws IOException {
        try (TraceThreads threads = new TraceThreads(program.threadCount())) {
            return measure(peer, program, threads);
        }
    }

    private static TraceFootprint measure(NativePeer peer, TraceProgram program, TraceThreads threads)
            throws IOException {
        rehearse(program, threads);
        try (ResidentMemory memory = new ResidentMemory();
                ReplayTarget target = peer.load()) {
            // By a thread of the trace: the main thread's heap is the JVM's, and what the JVM frees there is not the
            // peer's gain.
            threads.run(List.of(new TraceProgram.Run(0, 0, 0)), (from, to) -> allocateFirst(target, memory));
            LiveBytes live = new LiveBytes(target);
            PeerFootprint footprint = new PeerFootprint(memory, live);
            threads.run(program.runs(), new ObservedLoop(program, target, footprint));
            return new TraceFootprint(
                    peer.label(),
                    program.eventCount(),
                    live.peakRequestedBytes(),
                    footprint.peak - footprint.before,
                    live.internalWasteAtPeak(),
                    0);
        }
    }

    private static void allocateFirst(ReplayTarget target, ResidentMemory memory) {
        long first = target.allocate(64, 1, false);
        try {
            memory.claim(first);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        target.free(first);
    }

    /** Runs all code once, so that the JVM has loaded and linked it before it counts. */
    private static void rehearse(TraceProgram program, TraceThreads threads) throws IOException {
        try (ResidentMemory memory = new ResidentMemory();
                ReplayTarget target = NativePeer.GLIBC.load()) {
            long block = target.reallocate(target.allocate(64, 64, true), 128);
            memory.claim(block);
            new PeerFootprint(memory, new LiveBytes(target)).count();
            target.free(block);
            threads.run(
                    List.of(new TraceProgram.Run(0, 0, 0)), new ObservedLoop(program, target, new LiveBytes(target)));
        }
    }

    @Override
    public void started(long address, long byteSize) {
        live.started(address, byteSize);
        try {
            memory.claim(address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void ending(long address, long byteSize) {
        live.ending(address, byteSize);
    }

    @Override
    public void eventDone() {
        if (--eventsUntilCount == 0 || live.requestedBytes() >= nextCountAtBytes) {
            count();
        }
    }

    private void count() {
        eventsUntilCount = EVENTS_BETWEEN_COUNTS;
        long requested = live.requestedBytes();
        if (requested >= nextCountAtBytes) {
            nextCountAtBytes = requested + Math.max(LEAST_GROWTH_BYTES, requested / 400);
        }
        try {
            peak = Math.max(peak, memory.allocatorBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
