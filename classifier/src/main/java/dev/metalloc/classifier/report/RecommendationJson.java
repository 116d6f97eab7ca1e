// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.report;

import dev.metalloc.classifier.EntryPointFront;
import dev.metalloc.classifier.Expected;
import dev.metalloc.classifier.FlagEvidence;
import dev.metalloc.classifier.Recommendation;
import dev.metalloc.classifier.SiteEvidence;
import dev.metalloc.classifier.Verdict;
import dev.metalloc.classifier.composite.Composition;
import dev.metalloc.classifier.composite.RangePart;
import dev.metalloc.profiler.api.HeapUse;
import dev.metalloc.profiler.api.SiteBehaviour;
import java.util.Map;
import java.util.TreeMap;

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
        json.close(']');
        json.key("objective").value(recommendation.objective().label());
        json.key("paretoFronts").open('[');
        for (EntryPointFront front : recommendation.fronts()) {
            write(json.element(), front);
        }
        json.close(']').key("notes").open('[');
        for (String note : recommendation.notes()) {
            json.element().value(note);
        }
        json.close(']').key("sites").open('[');
        for (SiteEvidence site : recommendation.sites()) {
            write(json.element(), site);
        }
        json.close(']');
        recommendation.heaps().ifPresent(heaps -> write(json, heaps));
        return json.close('}').toString();
    }

    private static void write(JsonText json, HeapUse heaps) {
        json.key("heaps").open('{');
        json.key("heldBytes").value(heaps.heldBytes());
        json.key("peakLiveBytes").value(heaps.peakLiveBytes());
        json.close('}');
    }

    private static void write(JsonText json, EntryPointFront front) {
        json.open('{').key("entryPoint").value(front.entryPoint().name());
        json.key("compositions").open('[');
        for (Composition composition : front.compositions()) {
            json.element().open('{');
            json.key("chosen").value(composition.equals(front.chosen()));
            json.key("nanosPerEvent").value(composition.nanosPerEvent());
            json.key("peakBytes").value((long) composition.peakBytes());
            json.key("parts").open('[');
            composition.parts().forEach(part -> write(json.element(), part));
            json.close(']').close('}');
        }
        json.close(']').close('}');
    }

    private static void write(JsonText json, RangePart part) {
        json.open('{').key("allocator").value(part.allocator());
        json.key("maxBytes").value(part.maxByteSize());
        write(json.key("parameters"), part.parameters());
        json.close('}');
    }

    private static void write(JsonText json, Map<String, String> parameters) {
        json.open('{');
        new TreeMap<>(parameters).forEach((name, value) -> json.key(name).value(value));
        json.close('}');
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
        write(json.key("parameters"), verdict.parameters());
        json.key("expected");
        write(json, verdict.expected());
        json.key("confidence").value(verdict.confidence());
        json.key("reasons").open('[');
        for (String reason : verdict.reasons()) {
            json.element().value(reason);
        }
        json.close(']').key("runnerUp").value(verdict.runnerUp()).close('}');
    }

    /** What older profiles do not have of a site is left out. */
    private static void write(JsonText json, SiteEvidence site) {
        json.open('{');
        json.key("entryPoint").value(site.entryPoint().name());
        json.key("site").value(hex(site.siteHash()));
        json.key("frame").value(site.siteText());
        json.key("samples").value(site.sampleCount());
        json.key("allocateCount").value(site.allocateCount());
        json.key("allocateBytes").value(site.allocateBytes());
        json.key("freeRatio").value(site.freeRatio());
        json.key("remoteFreeRatio").value(site.remoteFreeRatio());
        json.key("lifetimeBytesMedian").value(site.lifetimeBytesMedian());
        if (site.isBehaviourKnown()) {
            SiteBehaviour behaviour = site.behaviour();
            json.key("lifoFreeRatio").value(site.ofOrdered(behaviour.lifoFreeCount()));
            json.key("fifoFreeRatio").value(site.ofOrdered(behaviour.fifoFreeCount()));
            json.key("randomFreeRatio").value(site.ofOrdered(behaviour.randomFreeCount()));
            json.key("bulkFreeRatio").value(site.ofOrdered(behaviour.bulkFreeCount()));
            json.key("reallocateRatio").value(site.reallocateRatio());
            json.key("lifetimeNanosMedian").value(behaviour.lifetimeNanos().nanosAtShare(0.5));
            json.key("liveBytes").value(behaviour.liveBytes());
            json.key("peakLiveBytes").value(behaviour.peakLiveBytes());
        }
        json.close('}');
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
        return verdict.siteHash() == 0 ? "any" : hex(verdict.siteHash());
    }

    private static String hex(long siteHash) {
        return String.format("%016x", siteHash);
    }
}
