// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.report;

import dev.metalloc.classifier.Expected;
import dev.metalloc.classifier.FlagEvidence;
import dev.metalloc.classifier.Recommendation;
import dev.metalloc.classifier.Verdict;
import java.util.Map;

/** Writes a recommendation as {@code recommend --json} prints it. Any thread. */
public final class RecommendationJson {

    private RecommendationJson() {}

    public static String write(Recommendation recommendation) {
        JsonText json = new JsonText().open('{');
        json.key("app").value(recommendation.app());
        json.key("runs").value(recommendation.runCount());
        json.key("flags").open('[');
        for (FlagEvidence flag : recommendation.flags()) {
            write(json.element(), flag);
        }
        json.close(']').key("verdicts").open('[');
        for (Verdict verdict : recommendation.verdicts()) {
            write(json.element(), verdict);
        }
        return json.close(']').close('}').toString();
    }

    private static void write(JsonText json, FlagEvidence flag) {
        json.open('{');
        json.key("flag").value(flag.flag().name());
        json.key("strength").value(flag.strength());
        json.key("evidence").value(flag.evidence());
        json.close('}');
    }

    private static void write(JsonText json, Verdict verdict) {
        json.open('{');
        json.key("entryPoint").value(verdict.entryPoint().name());
        json.key("site").value(site(verdict));
        json.key("minBytes").value(verdict.minByteSize());
        json.key("maxBytes").value(verdict.maxByteSize());
        json.key("allocator").value(verdict.allocator());
        json.key("parameters").open('{');
        for (Map.Entry<String, String> parameter : verdict.parameters().entrySet()) {
            json.key(parameter.getKey()).value(parameter.getValue());
        }
        json.close('}').key("expected");
        write(json, verdict.expected());
        json.key("confidence").value(verdict.confidence());
        json.key("reasons").open('[');
        for (String reason : verdict.reasons()) {
            json.element().value(reason);
        }
        json.close(']').close('}');
    }

    private static void write(JsonText json, Expected expected) {
        json.open('{');
        json.key("nanosPerEventBefore").value(expected.nanosPerEventBefore());
        json.key("nanosPerEventAfter").value(expected.nanosPerEventAfter());
        json.key("peakBytesBefore").value(expected.peakBytesBefore());
        json.key("peakBytesAfter").value(expected.peakBytesAfter());
        json.close('}');
    }

    private static String site(Verdict verdict) {
        return verdict.siteHash() == 0 ? "any" : String.format("%016x", verdict.siteHash());
    }
}
