// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanFormat;
import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Plans for child JVMs, and what these say of them. */
final class TestPlan {

    private TestPlan() {}

    /** A child that is dispatched by the rules, in a folder of its own. */
    static ChildJvm dispatched(Path folder, PlanRule... rules) throws IOException {
        return dispatched(folder, 0, List.of(rules));
    }

    /** As the other, with at most so many bytes of memory; 0 for no limit. */
    static ChildJvm dispatched(Path folder, long limitBytes, List<PlanRule> rules) throws IOException {
        Path plan = folder.resolve("test.plan");
        PlanFormat.write(plan, new Plan("known", "a test", limitBytes, rules));
        return new ChildJvm(folder).agent("run,plan=" + plan + ",cache=" + folder.resolve("cache"));
    }

    static PlanRule rule(EntryPoint entryPoint, long min, long max, String allocator) {
        return rule(entryPoint, min, max, allocator, Map.of());
    }

    static PlanRule rule(EntryPoint entryPoint, long min, long max, String allocator, Map<String, String> parameters) {
        return new PlanRule(entryPoint, PlanRule.ANY_SITE, min, max, new AllocatorSpec(allocator, parameters));
    }

    /** The lines of ours. */
    static String said(ChildJvm.Result result) {
        return String.join(
                "\n",
                result.err().lines().filter(l -> l.startsWith("metalloc: ")).toList());
    }
}
