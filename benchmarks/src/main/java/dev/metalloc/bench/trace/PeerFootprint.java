// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.trace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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
        NativePeer peer = NativePeer.valueOf(arguments[0].toUpperCase(Locale.ROOT));
        Path trace = Path.of(arguments[1]);
        List<Exception> failures = new ArrayList<>();
        // A thread of its own: with the C library's malloc it has a heap that the JVM's other threads do not use.
        Thread replay = new Thread(
                () -> {
                    try {
                        System.out.println(measure(peer, trace).toLine());
                    } catch (IOException | RuntimeException e) {
                        failures.add(e);
                    }
                },
                "replay");
        replay.start();
        replay.join();
        if (!failures.isEmpty()) {
            System.err.println(peer.label() + ": " + failures.get(0).getMessage());
            System.exit(1);
        }
    }

    private static TraceFootprint measure(NativePeer peer, Path path) throws IOException {
        rehearse(path);
        try (ResidentMemory memory = new ResidentMemory();
                ReplayTarget target = peer.load();
                TraceReader trace = TraceReader.open(path)) {
            long first = target.allocate(64, 1, false);
            memory.claim(first);
            target.free(first);
            LiveBytes live = new LiveBytes(target);
            PeerFootprint footprint = new PeerFootprint(memory, live);
            long events = new TraceReplay(trace, target, footprint).run();
            return new TraceFootprint(
                    peer.label(),
                    events,
                    live.peakRequestedBytes(),
                    footprint.peak - footprint.before,
                    live.internalWasteAtPeak(),
                    0);
        }
    }

    /** Runs all code once, so that the JVM has loaded and linked it before it counts. */
    private static void rehearse(Path path) throws IOException {
        try (ResidentMemory memory = new ResidentMemory();
                ReplayTarget target = NativePeer.GLIBC.load();
                TraceReader trace = TraceReader.open(path)) {
            long block = target.reallocate(target.allocate(64, 64, true), 128);
            memory.claim(block);
            new PeerFootprint(memory, new LiveBytes(target)).count();
            target.free(block);
            trace.next();
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
