// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import java.util.HashMap;
import java.util.Map;

/**
 * What a plan's rule for shared arenas says beside the allocator: {@code deferredClose}, whether a close may return before the
 * memory is released; {@code true} where the rule does not say.
 */
final class SharedArenaRule {

    private static final String DEFERRED_CLOSE = "deferredClose";

    private SharedArenaRule() {}

    /**
     * Whether the rule lets closes be deferred; rules of other entry points do.
     *
     * @throws IllegalArgumentException where the value is neither true nor false
     */
    static boolean closesDeferred(PlanRule rule) {
        String value = rule.entryPoint() == EntryPoint.ARENA_SHARED
                ? rule.spec().parameters().getOrDefault(DEFERRED_CLOSE, "true")
                : "true";
        if (!value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException(DEFERRED_CLOSE + ": " + value + " (expected: true or false)");
        }
        return value.equals("true");
    }

    /** The rule's allocator with the parameters that are the allocator's own. */
    static AllocatorSpec allocatorSpec(PlanRule rule) {
        if (rule.entryPoint() != EntryPoint.ARENA_SHARED) {
            return rule.spec();
        }
        Map<String, String> parameters = new HashMap<>(rule.spec().parameters());
        parameters.remove(DEFERRED_CLOSE);
        return new AllocatorSpec(rule.spec().allocator(), parameters);
    }
}
