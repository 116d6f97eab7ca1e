// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.regret;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.metalloc.classifier.composite.Composition;
import dev.metalloc.classifier.composite.RangePart;
import dev.metalloc.replay.trace.TraceBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SlabWasteTest {

    @Test
    void shouldCountWhatEachSlabServesAndNothingElse() {
        TraceBuilder trace = new TraceBuilder("sizes");
        for (long byteSize : new long[] {16, 40, 48, 100, 1000}) {
            trace.free(0, trace.allocate(0, byteSize, 1, false));
        }
        Composition composition = new Composition(
                List.of(
                        new RangePart("slab", Map.of("classes", "16,48"), List.of(), 1, 1, 48, 0),
                        new RangePart("slab", Map.of("classes", "112"), List.of(), 1, 1, 112, 0),
                        new RangePart("segregated", Map.of(), List.of(), 1, 1, 1000, 0)),
                1,
                1);

        List<SlabWaste> wastes = SlabWaste.of(composition, trace.build());

        assertEquals(
                List.of(8.0, 12.0), wastes.stream().map(SlabWaste::wasteBytes).toList());
        assertEquals(
                List.of(24.0 + 16, 28.0),
                wastes.stream().map(SlabWaste::powerOfTwoWasteBytes).toList());
    }
}
