// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay;

import dev.metalloc.classifier.report.JsonText;
import java.util.List;

/** Writes results as a JSON array; what was not measured is null, with the reason in {@code absent}. */
final class ReplayJson {

    private ReplayJson() {}

    static String write(List<ReplayResult> results) {
        JsonText json = new JsonText().open('[');
        for (ReplayResult result : results) {
            write(json.element().open('{'), result);
            json.close('}');
        }
        return json.close(']').toString();
    }

    private static void write(JsonText json, ReplayResult result) {
        json.key("trace").value(result.trace());
        json.key("allocator").value(result.allocator());
        json.key("events").value(result.events());
        if (result.isAbsent()) {
            json.key("nanosPerEvent").nothing();
            json.key("nanosPerEventError").nothing();
            json.key("peakBytes").nothing();
            json.key("peakRequestedBytes").value(result.peakRequestedBytes());
            json.key("chosen").value("");
            json.key("absent").value(result.absence());
            return;
        }
        json.key("nanosPerEvent").value(result.nanosPerEvent());
        json.key("nanosPerEventError").value(result.nanosPerEventError());
        json.key("peakBytes").value(result.peakBytes());
        json.key("peakRequestedBytes").value(result.peakRequestedBytes());
        json.key("chosen").value(result.chosen());
        json.key("fragmentation").value(result.fragmentation());
        json.key("wasteInBlocksBytes").value(result.wasteAtPeakBytes());
        json.key("recordBytes").value(result.recordBytes());
        json.key("parameters").value(result.parameters());
    }
}
