// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay;

import dev.metalloc.replay.timing.Timing;
import java.util.Optional;

/**
 * What a replay of a generated workload showed of a choice.
 *
 * @param likeness of the workload to the profile it was made from, 0..1
 * @param before on the JDK's raw memory
 * @param after on what was chosen
 * @param peakRequestedBytes of the workload
 * @param peakBytes what was chosen held at the peak
 */
public record Verification(
        String entryPoint, double likeness, Timing before, Timing after, long peakRequestedBytes, long peakBytes) {

    private static final String TAG = "verification";
    private static final int WORDS = 9;

    /** Whether what was chosen is faster, beyond both errors. */
    public boolean isFaster() {
        return after.nanosPerEvent() + after.nanosPerEventError()
                < before.nanosPerEvent() - before.nanosPerEventError();
    }

    /** As one line that {@link #parse} reads. */
    String toLine() {
        return String.join(
                " ",
                TAG,
                entryPoint,
                String.valueOf(likeness),
                String.valueOf(before.nanosPerEvent()),
                String.valueOf(before.nanosPerEventError()),
                String.valueOf(after.nanosPerEvent()),
                String.valueOf(after.nanosPerEventError()),
                String.valueOf(peakRequestedBytes),
                String.valueOf(peakBytes));
    }

    /** Empty where the line is something else. */
    public static Optional<Verification> parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != WORDS || !words[0].equals(TAG)) {
            return Optional.empty();
        }
        return Optional.of(new Verification(
                words[1],
                Double.parseDouble(words[2]),
                new Timing(Double.parseDouble(words[3]), Double.parseDouble(words[4])),
                new Timing(Double.parseDouble(words[5]), Double.parseDouble(words[6])),
                Long.parseLong(words[7]),
                Long.parseLong(words[8])));
    }
}
