// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.trace;

import dev.metalloc.allocators.source.OffHeapMemory;
import java.io.IOException;
import java.util.Arrays;

/**
 * Does the events of a trace on an allocator, on one thread, in the order in which they were recorded.
 *
 * <p>Confined. As the program would have, it touches each block's requested bytes: it writes one byte in every page that they
 * lie in, no more, so that memory which the allocator holds without need is not made resident. A block that was grown is
 * touched again. Blocks still live at the end stay so.
 */
public final class TraceReplay {

    private static final long PAGE_BYTES = 4096;
    private static final long ENDED = 0;

    private final TraceReader trace;
    private final ReplayTarget target;
    private final ReplayObserver observer;
    private long[] addresses = new long[1024];
    private long[] byteSizes = new long[1024];
    private long events;

    public TraceReplay(TraceReader trace, ReplayTarget target, ReplayObserver observer) {
        this.trace = trace;
        this.target = target;
        this.observer = observer;
    }

    /**
     * Replays the whole trace.
     *
     * @return the number of events, time events not counted
     * @throws UnservedException where the allocator could not serve a request
     * @throws TraceFormatException where the trace contradicts itself
     */
    public long run() throws IOException {
        while (trace.next()) {
            switch (trace.operation()) {
                case ALLOCATE -> allocate();
                case FREE -> free();
                case REALLOCATE -> reallocate();
                case TIME -> {
                    continue;
                }
            }
            events++;
            observer.eventDone();
        }
        return events;
    }

    private void allocate() {
        long address = target.allocate(trace.byteSize(), trace.byteAlignment(), trace.isZeroed());
        start(address);
    }

    private void free() throws IOException {
        int block = trace.endedBlock();
        observer.ending(liveAddress(block), byteSizes[block]);
        target.free(addresses[block]);
        addresses[block] = ENDED;
    }

    private void reallocate() throws IOException {
        int block = trace.endedBlock();
        observer.ending(liveAddress(block), byteSizes[block]);
        long address = target.reallocate(addresses[block], trace.byteSize());
        addresses[block] = ENDED;
        start(address);
    }

    private void start(long address) {
        long byteSize = trace.byteSize();
        if (address == 0) {
            throw new UnservedException(byteSize, trace.byteAlignment());
        }
        touch(address, byteSize);
        int block = trace.block();
        if (block >= addresses.length) {
            addresses = Arrays.copyOf(addresses, block * 2);
            byteSizes = Arrays.copyOf(byteSizes, block * 2);
        }
        addresses[block] = address;
        byteSizes[block] = byteSize;
        observer.started(address, byteSize);
    }

    private static void touch(long address, long byteSize) {
        long end = address + byteSize;
        for (long at = address; at < end; at = (at | (PAGE_BYTES - 1)) + 1) {
            OffHeapMemory.writeByte(at, (byte) 1);
        }
    }

    private long liveAddress(int block) throws IOException {
        long address = addresses[block];
        if (address == ENDED) {
            throw new TraceFormatException("event " + events + ": block " + block + " ends twice (record it again)");
        }
        return address;
    }

    /** An allocator answered that it cannot serve a request. */
    public static final class UnservedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        UnservedException(long byteSize, long byteAlignment) {
            super("cannot serve " + byteSize + " bytes aligned to " + byteAlignment);
        }
    }
}
