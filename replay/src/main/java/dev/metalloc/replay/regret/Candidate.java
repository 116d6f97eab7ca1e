// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.regret;

import dev.metalloc.classifier.composite.Composition;
import dev.metalloc.replay.timing.Subject;

/**
 * What could have been composed for a trace.
 *
 * @param peakBytes committed at the peak when the trace was replayed on it
 */
record Candidate(Composition composition, long peakBytes) {

    Subject subject() {
        return Subject.ours(
                composition.spec().allocator(),
                composition.spec().allocator(),
                composition.spec().parameters());
    }

    /** As a list of subjects on a command line has it. */
    String text() {
        return subject().text();
    }
}
