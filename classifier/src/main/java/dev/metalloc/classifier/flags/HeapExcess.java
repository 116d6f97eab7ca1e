// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.flags;

import dev.metalloc.classifier.Figures;
import dev.metalloc.profiler.api.HeapUse;
import java.util.Optional;

/** Whether the C library's heaps held much more than was live, as far as a profile knows. Immutable. */
public final class HeapExcess {

    private final HeapUse heaps;

    private HeapExcess(HeapUse heaps) {
        this.heaps = heaps;
    }

    /** Of a profile that does not know, none. */
    public static HeapExcess of(Optional<HeapUse> heaps) {
        return new HeapExcess(heaps.orElse(new HeapUse(0, 0)));
    }

    /** Much by itself, and beside what was live. */
    public boolean isNotable() {
        double ratio = (double) heldForBlocksBytes() / Math.max(1, heaps.peakLiveBytes());
        return Math.min(
                        Threshold.HEAP_EXCESS_BYTES.strength((double) heaps.excessBytes()),
                        Threshold.HEAP_HELD_RATIO.strength(ratio))
                >= FlagSet.PLAIN_STRENGTH;
    }

    /** What they held that the JVM itself is not taken to need. */
    public long heldForBlocksBytes() {
        return Math.max(0, heaps.heldBytes() - jvmBytes());
    }

    /** Less cannot be told from what JVMs have there. */
    public static long jvmBytes() {
        return (long) Threshold.HEAP_EXCESS_BYTES.zeroAt();
    }

    /** {@code the C library's heaps held 522 MiB when no more than 71.4 MiB were live at once}. */
    public String sentence() {
        return "the C library's heaps held " + Figures.bytes(heaps.heldBytes()) + " when no more than "
                + Figures.bytes(heaps.peakLiveBytes()) + " were live at once";
    }
}
