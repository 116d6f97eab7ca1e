// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanFormat;
import dev.metalloc.policy.plan.PlanRule;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The part of a start in run mode that needs the classes defined in java.base.
 *
 * <p>The agent calls it as a function of the JDK's, since a call by its name would need java.base to export the package, which
 * costs a start some ten milliseconds. The JVM makes the one instance without a constructor.
 */
public final class QuickRun implements BiFunction<Object, Object[], @Nullable Object> {

    /**
     * Does one of two things.
     *
     * @param first the plan's file as a {@link Path}, or the plan that an earlier call answered with
     * @param second in the first case the set to add the names of the hook groups to that are needed; in the second, when the hooks are
     *     in, what {@link PlannedStart#begin} is to be given: maker and summary
     * @return the plan; null where this start must take the long way
     */
    @Override
    public @Nullable Object apply(Object first, Object[] second) {
        try {
            if (first instanceof Plan plan) {
                begin(plan, second);
                return plan;
            }
            return planned((Path) first, second);
        } catch (Exception e) {
            return null; // the long way meets it again and says it
        }
    }

    @SuppressWarnings("unchecked") // the agent's own
    private static @Nullable Plan planned(Path file, Object[] answer) throws Exception {
        JdkAccess jdk = JdkAccess.find();
        if (OtherAgents.mayHaveChanged(jdk.virtualMachineArguments())) {
            return null;
        }
        Plan plan = PlanFormat.read(file);
        for (PlanRule rule : plan.rules()) {
            if (!rule.isForAllSites()) {
                return null;
            }
        }
        if (PlannedPlaces.needLibraries(plan)) {
            return null;
        }
        ((Set<String>) answer[0]).addAll(PlannedPlaces.of(plan));
        return plan.rules().isEmpty() ? null : plan;
    }

    @SuppressWarnings("unchecked")
    private static void begin(Plan plan, Object[] parts) {
        PlannedStart.begin(plan, (Function<Object, @Nullable Runnable>) parts[0], (Runnable) parts[1]);
    }
}
