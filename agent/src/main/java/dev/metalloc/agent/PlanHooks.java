// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.PlannedPlaces;
import dev.metalloc.agent.train.HookGroup;
import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanRule;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The hook groups that a plan needs, as far as this JDK has a place for them.
 *
 * <p>Names nothing of the runtime that is defined later.
 */
final class PlanHooks {

    private final Set<HookGroup> groups;

    private PlanHooks(Set<HookGroup> groups) {
        this.groups = groups;
    }

    /** Says in one line each which groups this JDK has no place for. */
    static PlanHooks of(Plan plan, List<HookGroup> missingGroups) {
        Set<String> places = new HashSet<>();
        for (PlanRule rule : plan.rules()) {
            if (rule.isForAllSites() || SitePlan.canServe(rule)) {
                PlannedPlaces.add(places, rule);
            }
        }
        Set<HookGroup> groups = new HashSet<>();
        for (String place : places) {
            groups.add(HookGroup.valueOf(place));
        }
        for (HookGroup missing : missingGroups) {
            if (groups.remove(missing)) {
                MetallocAgent.say("this JDK's " + missing + " code has an unknown shape: it stays with the JDK");
            }
        }
        return new PlanHooks(groups);
    }

    Set<HookGroup> groups() {
        return groups;
    }

    boolean has(HookGroup group) {
        return groups.contains(group);
    }

    /** Whether arenas are seen when they are opened. */
    boolean hasArenas() {
        return has(HookGroup.ARENA);
    }
}
