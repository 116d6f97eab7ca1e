// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.metalloc.allocators.api.Flag;
import dev.metalloc.classifier.BlockUse;
import dev.metalloc.classifier.Classifier;
import dev.metalloc.classifier.EntryPointFront;
import dev.metalloc.classifier.Expected;
import dev.metalloc.classifier.FlagEvidence;
import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.Recommendation;
import dev.metalloc.classifier.TestProfile;
import dev.metalloc.classifier.TestProfile.Order;
import dev.metalloc.classifier.TestTraits;
import dev.metalloc.classifier.Verdict;
import dev.metalloc.classifier.composite.Composition;
import dev.metalloc.classifier.composite.RangePart;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.HeapUse;
import dev.metalloc.profiler.api.LifetimeBuckets;
import dev.metalloc.profiler.api.SiteBehaviour;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final Composition FAST = composition("slab", Map.of("classes", "16,32"), 5, 4096);
    private static final Composition SMALL = composition("segregated", Map.of(), 9, 2048);
    private static final EntryPointFront FRONT = new EntryPointFront(EntryPoint.UNSAFE, SMALL, List.of(FAST, SMALL));

    private static Composition composition(
            String allocator, Map<String, String> parameters, double nanosPerEvent, double peakBytes) {
        return new Composition(
                List.of(new RangePart(allocator, parameters, List.of(), nanosPerEvent, peakBytes, 32, 0)),
                nanosPerEvent,
                peakBytes);
    }

    private static final Recommendation HOSTILE = new Recommendation(
            "quote \" back \\ line\n tab\t \u0001 \ud83d\ude00 \ud800 ü",
            2,
            Objective.BALANCED,
            List.of(new FlagEvidence(Flag.SMALL, 0.5, "50 %")),
            List.of(new Verdict(
                    EntryPoint.UNSAFE,
                    0x2aL,
                    "a.B.c",
                    1,
                    Long.MAX_VALUE,
                    "slab",
                    Map.of("classes", "16,32", "b", "2"),
                    new Expected(32.123456, 1e-9, 5, 6),
                    0.25,
                    List.of("one", "two"),
                    "buddy, slower",
                    new BlockUse(0.5, 0))),
            List.of(FRONT),
            List.of("a note"));

    @Test
    void shouldWriteWhatTheHeapsHeldWhereItIsKnown() throws JsonProcessingException {
        Recommendation known = new Recommendation(
                "a",
                1,
                Objective.TIME,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Optional.of(new HeapUse(700, 80)));
        JsonNode heaps =
                new ObjectMapper().readTree(RecommendationJson.write(known)).get("heaps");
        assertEquals(700, heaps.get("heldBytes").asLong());
        assertEquals(80, heaps.get("peakLiveBytes").asLong());
        assertFalse(
                new ObjectMapper().readTree(RecommendationJson.write(HOSTILE)).has("heaps"));
        assertFalse(RecommendationText.write(known).contains("heaps"), "nothing to speak of");
    }

    @Test
    void shouldWriteTheContractAndWhatIsAddedAfterIt() throws JsonProcessingException {
        JsonNode json = new ObjectMapper().readTree(RecommendationJson.write(HOSTILE));

        assertEquals(
                List.of("app", "runs", "flags", "verdicts", "objective", "paretoFronts", "notes", "sites"), keys(json));
        assertEquals(HOSTILE.app(), json.get("app").asText());
        assertEquals(2, json.get("runs").asInt());
        assertEquals(
                List.of("flag", "strength", "evidence"), keys(json.get("flags").get(0)));
        JsonNode verdict = json.get("verdicts").get(0);
        assertEquals(
                List.of(
                        "entryPoint",
                        "site",
                        "minBytes",
                        "maxBytes",
                        "allocator",
                        "parameters",
                        "expected",
                        "confidence",
                        "reasons",
                        "runnerUp"),
                keys(verdict));
        assertEquals(
                List.of("nanosPerEventBefore", "nanosPerEventAfter", "peakBytesBefore", "peakBytesAfter"),
                keys(verdict.get("expected")));
        assertEquals("000000000000002a", verdict.get("site").asText());
        assertEquals(Long.MAX_VALUE, verdict.get("maxBytes").asLong());
        assertEquals("16,32", verdict.get("parameters").get("classes").asText());
        assertEquals(32.1235, verdict.get("expected").get("nanosPerEventBefore").asDouble());
        assertEquals(0, verdict.get("expected").get("nanosPerEventAfter").asDouble());
        assertEquals(0.25, verdict.get("confidence").asDouble());
        assertEquals("two", verdict.get("reasons").get(1).asText());
        assertEquals("buddy, slower", verdict.get("runnerUp").asText());
        assertEquals("balanced", json.get("objective").asText());
        assertEquals("a note", json.get("notes").get(0).asText());
    }

    @Test
    void shouldWriteWhatWasNotBeaten() throws JsonProcessingException {
        JsonNode front = new ObjectMapper()
                .readTree(RecommendationJson.write(HOSTILE))
                .get("paretoFronts")
                .get(0);

        assertEquals("UNSAFE", front.get("entryPoint").asText());
        JsonNode fast = front.get("compositions").get(0);
        assertEquals(List.of("chosen", "nanosPerEvent", "peakBytes", "parts"), keys(fast));
        assertFalse(fast.get("chosen").asBoolean());
        assertEquals(5, fast.get("nanosPerEvent").asInt());
        assertEquals(4096, fast.get("peakBytes").asInt());
        JsonNode part = fast.get("parts").get(0);
        assertEquals("slab", part.get("allocator").asText());
        assertEquals(32, part.get("maxBytes").asInt());
        assertEquals("16,32", part.get("parameters").get("classes").asText());
        assertTrue(front.get("compositions").get(1).get("chosen").asBoolean());
    }

    @Test
    void shouldWriteWhatSitesDo() throws JsonProcessingException {
        SiteBehaviour growing = new SiteBehaviour(75, 0, 25, 0, 100, 100, 80, 640, 6400, LifetimeBuckets.of(50, 150));
        Classifier classifier = new Classifier(TestTraits.ALL, CostModel.shipped(), Objective.TIME);
        Recommendation both = classifier.classify(new TestProfile(10)
                .at(EntryPoint.UNSAFE)
                .blocks(64, 25_000_000, Order.LIFO, 1000, 4)
                .and()
                .site(EntryPoint.UNSAFE, "com.example.Grows", 64, 400, 1000, 200, 50, growing)
                .site(EntryPoint.UNSAFE, "com.example.OfBefore", 64, 300, 1000, 200, 50)
                .build());

        JsonNode sites =
                new ObjectMapper().readTree(RecommendationJson.write(both)).get("sites");
        JsonNode grows = sites.get(0);
        List<String> ofAll = List.of(
                "entryPoint",
                "site",
                "frame",
                "samples",
                "allocateCount",
                "allocateBytes",
                "freeRatio",
                "remoteFreeRatio",
                "lifetimeBytesMedian");
        assertEquals(ofAll, keys(sites.get(1)), "what is not known is left out");
        assertEquals(
                List.of(
                        "lifoFreeRatio",
                        "fifoFreeRatio",
                        "randomFreeRatio",
                        "bulkFreeRatio",
                        "reallocateRatio",
                        "lifetimeNanosMedian",
                        "liveBytes",
                        "peakLiveBytes"),
                keys(grows).subList(ofAll.size(), keys(grows).size()));
        assertEquals("com.example.Grows.call:7", grows.get("frame").asText());
        assertEquals(0.75, grows.get("lifoFreeRatio").asDouble());
        assertEquals(0.25, grows.get("randomFreeRatio").asDouble());
        assertEquals(0.25, grows.get("reallocateRatio").asDouble());
        assertEquals(0.5, grows.get("freeRatio").asDouble());
        assertEquals(98_304, grows.get("lifetimeNanosMedian").asLong());
        assertEquals(6400, grows.get("peakLiveBytes").asLong());
        String text = RecommendationText.write(both);
        assertTrue(text.contains("75 % of its frees come newest first; "), text);
        assertTrue(text.contains("25 % are reallocated"), text);
    }

    @Test
    void shouldWriteEmptyRecommendations() throws JsonProcessingException {
        Recommendation empty = new Recommendation("a", 1, Objective.TIME, List.of(), List.of(), List.of(), List.of());

        JsonNode json = new ObjectMapper().readTree(RecommendationJson.write(empty));

        assertTrue(json.get("flags").isEmpty() && json.get("verdicts").isEmpty());
        assertTrue(RecommendationText.write(empty).contains("nothing to change"));
    }

    /** Arenas that a program has its files mapped into allocate nothing. */
    @Test
    void shouldTellArenasWithoutBlocksFromNothingAtAll() {
        Classifier classifier = new Classifier(TestTraits.ALL, CostModel.shipped(), Objective.TIME);

        String mapped = RecommendationText.write(classifier.classify(new TestProfile(10)
                .at(EntryPoint.ARENA_CONFINED)
                .arenas(853, 0, 0, 1, 0)
                .build()));
        String nothing = RecommendationText.write(classifier.classify(new TestProfile(10).build()));

        assertTrue(
                mapped.contains("853 arenas were opened that allocated nothing (for mapped files, for example)"),
                mapped);
        assertFalse(mapped.contains("native code"), mapped);
        assertTrue(nothing.contains("memory that native code (JNI, JNA) allocates for itself is not seen"), nothing);
    }

    @Test
    void shouldWriteRealRecommendationsAsJsonAndText() throws JsonProcessingException {
        Recommendation real = new Classifier(TestTraits.ALL, CostModel.shipped(), Objective.TIME)
                .classify(new TestProfile(10)
                        .at(EntryPoint.DIRECT_BUFFER)
                        .blocks(1000, 25_000_000, Order.LIFO, 1000, 4)
                        .and()
                        .at(EntryPoint.MALLOC_DOWNCALL)
                        .blocks(1000, 5_000_000, Order.LIFO, 1000, 4)
                        .build());

        JsonNode json = new ObjectMapper().readTree(RecommendationJson.write(real));
        String text = RecommendationText.write(real);

        assertEquals("slab", json.get("verdicts").get(0).get("allocator").asText());
        assertEquals("leave", json.get("verdicts").get(1).get("allocator").asText());
        assertEquals("any", json.get("verdicts").get(0).get("site").asText());
        for (Verdict verdict : real.verdicts()) {
            verdict.reasons().forEach(reason -> assertTrue(text.contains(reason), text));
        }
        real.flags().forEach(flag -> assertTrue(text.contains(flag.evidence()), text));
        assertTrue(text.contains("(classes=1008 "), text);
        assertFalse(text.contains("null"), text);
    }

    private static List<String> keys(JsonNode node) {
        List<String> keys = new ArrayList<>();
        node.fieldNames().forEachRemaining(keys::add);
        return keys;
    }
}
