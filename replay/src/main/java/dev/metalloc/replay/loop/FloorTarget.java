// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.loop;

import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.replay.trace.TraceProgram;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Answers addresses that were laid out before the clock ran: what is measured on it is the loop and the memory, with an allocator that
 * takes no time. No allocator can be faster.
 *
 * <p>A block takes the place of the one of its size freed last, as a good allocator's would; a reallocation copies nothing.
 */
final class FloorTarget implements ReplayTarget {

    private static final long GRANULE_BYTES = 16;
    // Above this sizes are rounded to an eighth of a power of two: a place is used again more often.
    private static final long EXACT_BYTES = 1024;
    private static final int EIGHTHS_SHIFT = 3;
    private static final long LIMIT_BYTES = 64L << 30;

    private final MmapChunkSource source = new MmapChunkSource(LIMIT_BYTES);
    private long[] addresses = {0};
    private int next;

    @Override
    public void prepare(TraceProgram program) {
        Layout layout = new Layout(program);
        long page = source.pageByteSize();
        long byteSize = Math.max(page, (layout.end + page - 1) & -page);
        long start = source.reserve(byteSize, page);
        if (start == 0 || !source.commit(start, byteSize)) {
            throw new IllegalStateException("no memory for the floor's blocks (free some)");
        }
        addresses = layout.addresses(start);
    }

    @Override
    public long allocate(long byteSize, long byteAlignment, boolean zeroed) {
        int index = next;
        next = index + 1 == addresses.length ? 0 : index + 1;
        return addresses[index];
    }

    @Override
    public void free(long address) {}

    @Override
    public long reallocate(long address, long byteSize) {
        return allocate(byteSize, 1, false);
    }

    @Override
    public long usableSize(long address) {
        return -1;
    }

    @Override
    public void close() {
        source.close();
    }

    /** Offsets for a program's blocks. Used once. */
    private static final class Layout {
        private final long[] offsets;
        private final Map<Long, Deque<Long>> freed = new HashMap<>();
        private int count;
        private long end;

        Layout(TraceProgram program) {
            int[] steps = program.steps();
            offsets = new long[steps.length];
            long[] offsetOfSlot = new long[program.slotCount()];
            long[] bytesOfSlot = new long[program.slotCount()];
            for (int i = 0; i < steps.length; i++) {
                int slot = steps[i] >>> TraceProgram.SLOT_SHIFT;
                int operation = steps[i] & TraceProgram.OPERATION_MASK;
                if (operation != TraceProgram.ALLOCATE) {
                    freed.computeIfAbsent(bytesOfSlot[slot], byteSize -> new ArrayDeque<>())
                            .push(offsetOfSlot[slot]);
                }
                if (operation != TraceProgram.FREE) {
                    bytesOfSlot[slot] = rounded(program.requests()[i] >>> TraceProgram.ALIGNMENT_BITS);
                    offsetOfSlot[slot] = place(bytesOfSlot[slot]);
                    offsets[count++] = offsetOfSlot[slot];
                }
            }
        }

        private long place(long byteSize) {
            Deque<Long> places = freed.get(byteSize);
            if (places != null && !places.isEmpty()) {
                return places.pop();
            }
            long offset = end;
            end += byteSize;
            return offset;
        }

        private static long rounded(long byteSize) {
            long unit = byteSize <= EXACT_BYTES ? GRANULE_BYTES : Long.highestOneBit(byteSize) >>> EIGHTHS_SHIFT;
            return Math.max(GRANULE_BYTES, (byteSize + unit - 1) & -unit);
        }

        long[] addresses(long start) {
            long[] addresses = new long[Math.max(1, count)];
            for (int i = 0; i < count; i++) {
                addresses[i] = start + offsets[i];
            }
            return addresses;
        }
    }
}
