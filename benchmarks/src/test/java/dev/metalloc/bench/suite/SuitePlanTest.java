// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.bench.alloc.Subjects;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

class SuitePlanTest {

    @Test
    void shouldFindOneBenchmarkForEachCase() {
        for (SuiteCase each : SuitePlan.full().cases()) {
            List<BenchmarkListEntry> found = List.copyOf(BenchmarkList.defaultList()
                    .find(
                            OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                            List.of(each.include()),
                            List.of()));

            assertEquals(1, found.size(), each.label());
            assertEquals(
                    each.byteSize().isEmpty(),
                    !found.getFirst().getParams().orElse(Map.of()).containsKey("byteSize"),
                    each.label());
        }
    }

    @Test
    void shouldKeepTheQuickPlanWithinTheFullOne() {
        assertTrue(SuitePlan.full().cases().containsAll(SuitePlan.quick().cases()));
    }

    @Test
    void shouldFindCasesByAnyPattern() {
        SuitePlan plan = SuitePlan.quick();

        List<SuiteCase> found = plan.casesMatching(List.of(Pattern.compile("^pair/64"), Pattern.compile("sh8")));

        assertEquals(
                List.of("pair/64/1", "sh8/2"),
                found.stream().map(SuiteCase::label).toList());
        assertEquals(plan.cases(), plan.casesMatching(List.of()));
    }

    @Test
    void shouldGiveCasesOnlyToSubjectsThatServeThem() {
        SuitePlan plan = SuitePlan.full();
        SuiteCase large = new SuiteCase("pair", "1048576", 1, 1 << 20, false);
        SuiteCase shared = new SuiteCase("larson", "", 1, 1000, true);

        assertFalse(plan.subjects(large, Subjects.names()).contains("slab"));
        assertTrue(
                plan.subjects(large, Subjects.names()).containsAll(List.of("composite", "buddy", "glibc", "pooled")));
        assertFalse(plan.subjects(shared, Subjects.names()).contains("buddy"));
        assertTrue(plan.subjects(shared, Subjects.names()).containsAll(List.of("slab", "buddy-striped")));
    }

    @Test
    void shouldRunStripesInAShortPlanOnlyWhereTheBareOneCannot() {
        SuitePlan plan = SuitePlan.quick();
        SuiteCase own = new SuiteCase("pair", "64", 1, 64, false);
        SuiteCase shared = new SuiteCase("pair", "64", 2, 64, false);

        assertFalse(plan.subjects(own, Subjects.names()).contains("buddy-striped"));
        assertTrue(plan.subjects(shared, Subjects.names()).contains("buddy-striped"));
    }
}
