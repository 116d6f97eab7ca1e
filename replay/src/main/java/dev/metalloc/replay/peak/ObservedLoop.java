// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.peak;

import dev.metalloc.replay.loop.Pages;
import dev.metalloc.replay.loop.ReplayTarget;
import dev.metalloc.replay.loop.UnservedException;
import dev.metalloc.replay.trace.RunLoop;
import dev.metalloc.replay.trace.TraceProgram;

/**
 * The timed loop's events, with an observer that is told of each.
 *
 * <p>One thread at a time. As a program would, it touches each block's requested bytes: one byte in every page. A block that was
 * grown is touched again. Blocks still live at the end stay so.
 */
public final class ObservedLoop implements RunLoop {

    private final int[] steps;
    private final long[] requests;
    private final long[] addresses;
    private final long[] byteSizes;
    private final ReplayTarget target;
    private final ReplayObserver observer;

    public ObservedLoop(TraceProgram program, ReplayTarget target, ReplayObserver observer) {
        this.steps = program.steps();
        this.requests = program.requests();
        this.addresses = new long[program.slotCount()];
        this.byteSizes = new long[program.slotCount()];
        this.target = target;
        this.observer = observer;
    }

    /** @throws UnservedException where the allocator could not serve a request */
    @Override
    public void run(int from, int to) {
        for (int i = from; i < to; i++) {
            int slot = steps[i] >>> TraceProgram.SLOT_SHIFT;
            switch (steps[i] & TraceProgram.OPERATION_MASK) {
                case TraceProgram.ALLOCATE -> allocate(slot, requests[i], (steps[i] & TraceProgram.ZEROED) != 0);
                case TraceProgram.FREE -> free(slot);
                default -> reallocate(slot, requests[i]);
            }
            observer.eventDone();
        }
    }

    private void allocate(int slot, long request, boolean zeroed) {
        start(slot, target.allocate(byteSize(request), byteAlignment(request), zeroed), request);
    }

    private void free(int slot) {
        observer.ending(addresses[slot], byteSizes[slot]);
        target.free(addresses[slot]);
    }

    private void reallocate(int slot, long request) {
        observer.ending(addresses[slot], byteSizes[slot]);
        start(slot, target.reallocate(addresses[slot], byteSize(request)), request);
    }

    private void start(int slot, long address, long request) {
        if (address == 0) {
            throw new UnservedException(byteSize(request), byteAlignment(request));
        }
        long byteSize = byteSize(request);
        Pages.touch(address, byteSize);
        addresses[slot] = address;
        byteSizes[slot] = byteSize;
        observer.started(address, byteSize);
    }

    private static long byteSize(long request) {
        return request >>> TraceProgram.ALIGNMENT_BITS;
    }

    private static long byteAlignment(long request) {
        return 1L << (request & TraceProgram.ALIGNMENT_MASK);
    }
}
