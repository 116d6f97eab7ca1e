// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay;

import dev.metalloc.replay.trace.TraceBuilder;
import dev.metalloc.replay.trace.TraceProgram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The sizes that a choice serves: of a workload only their blocks are replayed, since the others stay where they were. Immutable. */
final class ServedSizes {

    static final ServedSizes ALL = new ServedSizes(List.of(new Range(0, Long.MAX_VALUE)));

    private static final int NONE = -1;

    private final List<Range> ranges;

    /** Both inclusive. */
    private record Range(long min, long max) {}

    private ServedSizes(List<Range> ranges) {
        this.ranges = ranges;
    }

    /**
     * Reads {@code 0-64,4097-65536}.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    static ServedSizes parse(String text) {
        List<Range> ranges = new ArrayList<>();
        for (String range : text.split(",", -1)) {
            String[] ends = range.split("-", -1);
            if (ends.length != 2) {
                throw new IllegalArgumentException(range + " (expected: least-largest)");
            }
            ranges.add(new Range(Long.parseLong(ends[0]), Long.parseLong(ends[1])));
        }
        return new ServedSizes(List.copyOf(ranges));
    }

    private boolean holds(long byteSize) {
        return ranges.stream().anyMatch(range -> byteSize >= range.min && byteSize <= range.max);
    }

    /** The events of the blocks of these sizes; one that grows out of them ends, one that grows into them begins. */
    TraceProgram of(TraceProgram all) {
        Filter filter = new Filter(all);
        for (TraceProgram.Run run : all.runs()) {
            for (int i = run.from(); i < run.to(); i++) {
                filter.add(run.thread(), i);
            }
        }
        return filter.builder.build();
    }

    /** One pass over a program. */
    private final class Filter {
        final TraceBuilder builder;
        private final TraceProgram all;
        private final int[] blocks;

        Filter(TraceProgram all) {
            this.all = all;
            builder = new TraceBuilder(all.name());
            blocks = new int[all.slotCount()];
            Arrays.fill(blocks, NONE);
        }

        void add(int thread, int event) {
            int step = all.steps()[event];
            int slot = step >>> TraceProgram.SLOT_SHIFT;
            long request = all.requests()[event];
            long byteSize = request >>> TraceProgram.ALIGNMENT_BITS;
            boolean isFree = (step & TraceProgram.OPERATION_MASK) == TraceProgram.FREE;
            builder.at(all.micros()[event]);
            if (isFree || !holds(byteSize)) {
                end(thread, slot);
            } else if (blocks[slot] == NONE) {
                long byteAlignment = 1L << (request & TraceProgram.ALIGNMENT_MASK);
                blocks[slot] = builder.allocate(thread, byteSize, byteAlignment, (step & TraceProgram.ZEROED) != 0);
            } else {
                blocks[slot] = builder.reallocate(thread, blocks[slot], byteSize);
            }
        }

        private void end(int thread, int slot) {
            if (blocks[slot] != NONE) {
                builder.free(thread, blocks[slot]);
                blocks[slot] = NONE;
            }
        }
    }
}
