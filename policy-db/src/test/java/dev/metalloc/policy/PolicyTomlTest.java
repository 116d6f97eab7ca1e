// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.Allocators;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.policy.plan.ExpectedUse;
import dev.metalloc.profiler.api.EntryPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PolicyTomlTest {

    private static final String HEAD = """
            schema = 1
            app = "a"
            version = 1
            created = "2026-01-31T12:00:00Z"
            """;

    private static final String RULE = """
            [[rule]]
            entryPoint = "UNSAFE"
            minBytes = 1
            maxBytes = 64
            allocator = "slab"
            """;

    @Test
    void shouldReadWhatItWrote() throws PolicyFormatException {
        Policy policy = new Policy(
                "com.example:cache",
                3,
                1_790_000_000_123L,
                "profiles 1 and 2 \"quoted\" \\ back\nnew line\u0001",
                "time",
                List.of(
                        new PolicyRule(
                                EntryPoint.UNSAFE,
                                new PolicySite(0xfedcba9876543210L, "com.example.Cache.put:12"),
                                1,
                                Long.MAX_VALUE,
                                new AllocatorSpec("slab", Map.of("classes", "64,128", "odd key", "ü = 1")),
                                0.875,
                                List.of("86,000 a second", "say \"so\""),
                                new ExpectedUse(0.97, 0.25, 5L << 40)),
                        new PolicyRule(
                                EntryPoint.DIRECT_BUFFER, PolicySite.ANY, 0, 0, PolicyRule.LEAVE, 1, List.of())));

        assertEquals(policy, PolicyToml.parse(PolicyToml.write(policy), "test"));
        assertEquals(PolicyToml.write(policy), PolicyToml.write(policy));
    }

    @Test
    void shouldTakeDefaultsNumbersAndTomlDates() throws PolicyFormatException {
        Policy policy = PolicyToml.parse("""
                schema = 1
                app = "a"
                version = 2
                created = 2026-01-31T12:00:00Z
                [[rule]]
                entryPoint = "UNSAFE"
                minBytes = 1
                maxBytes = 64
                allocator = "slab"
                parameters = { slabBytes = 65536, huge = true }
                """, "test");

        PolicyRule rule = policy.rules().get(0);
        assertEquals(
                Map.of("slabBytes", "65536", "huge", "true"), rule.allocator().parameters());
        assertEquals(PolicySite.ANY, rule.site());
        assertEquals(1_769_860_800_000L, policy.createdEpochMillis());
    }

    @Test
    void shouldServeByTheExampleOfTheDocumentation() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "policies.md"));
        String example = page.substring(page.indexOf("```toml") + "```toml".length(), page.lastIndexOf("```"));

        Policy policy = PolicyToml.parse(example, "docs/policies.md");

        assertEquals(3, policy.rules().size());
        for (PolicyRule rule : policy.rules()) {
            assertEquals(ExpectedUse.UNKNOWN, rule.expected());
            if (rule.entryPoint() == EntryPoint.UNSAFE) {
                try (MmapChunkSource source = new MmapChunkSource(1L << 30);
                        OffHeapAllocator allocator = Allocators.create(rule.allocator(), source)) {
                    assertNotEquals(OffHeapAllocator.NULL, allocator.allocate(rule.minByteSize(), 1));
                    assertNotEquals(OffHeapAllocator.NULL, allocator.allocate(rule.maxByteSize(), 1));
                }
            }
        }
    }

    @Test
    void shouldNameTheFieldOrLineThatIsWrong() {
        assertRefused("", "schema: missing");
        assertRefused("schema = 2\nnovelty = 1\n", "schema: 2 is newer than 1");
        assertRefused("schema = \"1\"\n", "schema: ");
        assertRefused(HEAD + "app2 = 1\n", "app2: unknown key (known: app, ");
        assertRefused(
                HEAD + RULE.replace("64", "1_234_567_890_123_456_789"), "maxBytes: a number of 19 or more digits");
        assertRefused(HEAD + RULE + "color = 1\n", "rule 1: color: unknown key");
        assertRefused(HEAD + RULE + "= 1\n", "line 10: not valid TOML");
        assertRefused(HEAD + RULE + RULE.replace("UNSAFE", "SBRK"), "rule 2: entryPoint: SBRK");
        assertRefused(HEAD + RULE.replace("64", "0"), "rule 1: minBytes..maxBytes: 1..0");
        assertRefused(HEAD + RULE.replace("minBytes = 1", "minBytes = \"1\""), "rule 1: minBytes: ");
        assertRefused(HEAD + RULE.replace("minBytes = 1", "minBytes = 1.5"), "rule 1: minBytes: ");
        assertRefused(HEAD + RULE.replace("minBytes = 1\n", ""), "rule 1: minBytes: missing");
        assertRefused(HEAD + RULE.replace("\"slab\"", "\"\""), "rule 1: allocator: empty");
        assertRefused(HEAD + RULE + "site = \"12\"\n", "rule 1: site: 12");
        assertRefused(HEAD + RULE + "site = \"0000000000000000\"\n", "rule 1: site: 0000");
        assertRefused(HEAD + RULE + "confidence = 2\n", "rule 1: confidence: 2.0");
        assertRefused(HEAD + RULE + "expectedShare = 2\n", "rule 1: expectedShare: 2.0");
        assertRefused(HEAD + RULE + "expectedPeakBytes = -1\n", "rule 1: expectedPeakBytes: ");
        assertRefused(HEAD + RULE + "reasons = [1]\n", "rule 1: reasons: ");
        assertRefused(HEAD + RULE + "parameters = 3\n", "rule 1: parameters: ");
        assertRefused(HEAD + RULE + "parameters = { a = [1] }\n", "rule 1: parameters.a: ");
        assertRefused(HEAD + "rule = 3\n", "rule: expected: a list");
        assertRefused(HEAD + "rule = [3]\n", "rule: expected: tables");
        assertRefused(HEAD.replace("2026-01-31T12", "yesterday"), "created: ");
        assertRefused(HEAD.replace("version = 1", "version = 0"), "version: 0");
        assertRefused(HEAD.replace("app = \"a\"", "app = \" \""), "app: empty");
    }

    private static void assertRefused(String text, String expected) {
        String message =
                String.valueOf(assertThrows(PolicyFormatException.class, () -> PolicyToml.parse(text, "p.toml"))
                        .getMessage());
        assertTrue(message.startsWith("p.toml: ") && message.contains(expected), message);
        assertFalse(message.contains("\n"), message);
    }
}
