// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.regret;

import dev.metalloc.classifier.composite.Composition;
import dev.metalloc.classifier.composite.RangePart;
import dev.metalloc.replay.trace.TraceProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the slabs of a composition waste inside blocks, over all allocations of a trace that they serve, beside what classes of powers
 * of two would.
 */
record SlabWaste(RangePart slab, double wasteBytes, double powerOfTwoWasteBytes) {

    /** Of each slab that serves anything. */
    static List<SlabWaste> of(Composition composition, TraceProgram program) {
        List<SlabWaste> wastes = new ArrayList<>();
        long above = -1;
        for (RangePart part : composition.parts()) {
            if (part.classCount() > 0) {
                wastes.add(of(part, above, program));
            }
            above = part.maxByteSize();
        }
        return wastes;
    }

    private static SlabWaste of(RangePart slab, long above, TraceProgram program) {
        List<Long> classes = List.of(
                        slab.parameters().getOrDefault("classes", "").split(",", -1))
                .stream()
                .map(Long::valueOf)
                .toList();
        double waste = 0;
        double powerOfTwoWaste = 0;
        for (int i = 0; i < program.eventCount(); i++) {
            long byteSize = program.requests()[i] >>> TraceProgram.ALIGNMENT_BITS;
            boolean isAllocation = (program.steps()[i] & TraceProgram.OPERATION_MASK) != TraceProgram.FREE;
            if (isAllocation && byteSize > above && byteSize <= slab.maxByteSize()) {
                waste += blockBytes(classes, byteSize) - byteSize;
                powerOfTwoWaste += Math.max(16, roundedUp(byteSize)) - byteSize;
            }
        }
        return new SlabWaste(slab, waste, powerOfTwoWaste);
    }

    private static double blockBytes(List<Long> classes, long byteSize) {
        return classes.stream().filter(each -> each >= byteSize).findFirst().orElse(byteSize);
    }

    private static double roundedUp(long byteSize) {
        return byteSize <= 1 ? 1 : Long.highestOneBit(byteSize - 1) << 1;
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "slab of %d classes to %d B wastes %.0f bytes inside blocks, powers of two %.0f: %s",
                slab.classCount(),
                slab.maxByteSize(),
                wasteBytes,
                powerOfTwoWasteBytes,
                wasteBytes <= powerOfTwoWasteBytes / 2 ? "at most half" : "MORE than half");
    }
}
