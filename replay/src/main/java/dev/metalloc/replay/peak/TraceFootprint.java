// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.peak;

import java.util.Optional;

/**
 * The memory an allocator took for a trace.
 *
 * @param allocator its name
 * @param events events replayed
 * @param peakRequestedBytes most bytes of live blocks, as the program asked for them
 * @param peakCommittedBytes most bytes of memory the allocator held
 * @param wasteAtPeakBytes usable less requested bytes of live blocks, when most was requested
 * @param recordBytes of the allocator's own records off the Java heap, which are not in the peak; 0 where they are
 */
public record TraceFootprint(
        String allocator,
        long events,
        long peakRequestedBytes,
        long peakCommittedBytes,
        long wasteAtPeakBytes,
        long recordBytes) {

    /** As one line that {@link #parse} reads. */
    String toLine() {
        return String.join(
                " ",
                "footprint",
                allocator,
                Long.toString(events),
                Long.toString(peakRequestedBytes),
                Long.toString(peakCommittedBytes),
                Long.toString(wasteAtPeakBytes),
                Long.toString(recordBytes));
    }

    /** Empty where the line is something else. */
    static Optional<TraceFootprint> parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != 7 || !words[0].equals("footprint")) {
            return Optional.empty();
        }
        return Optional.of(new TraceFootprint(
                words[1],
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]),
                Long.parseLong(words[5]),
                Long.parseLong(words[6])));
    }
}
