// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.train.HookGroup;
import dev.metalloc.agent.train.PreparedImage;
import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import java.util.HashSet;
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
    static PlanHooks of(Plan plan, PreparedImage image) {
        Set<HookGroup> groups = new HashSet<>();
        for (PlanRule rule : plan.rules()) {
            if (rule.isForAllSites() || SitePlan.canServe(rule)) {
                add(groups, rule);
            }
        }
        for (HookGroup missing : image.missingGroups()) {
            if (groups.remove(missing)) {
                MetallocAgent.say("this JDK's " + missing + " code has an unknown shape: it stays with the JDK");
            }
        }
        return new PlanHooks(groups);
    }

    private static void add(Set<HookGroup> groups, PlanRule rule) {
        EntryPoint entryPoint = rule.entryPoint();
        if (entryPoint == EntryPoint.UNSAFE) {
            groups.add(HookGroup.UNSAFE);
        } else if (entryPoint == EntryPoint.DIRECT_BUFFER) {
            groups.add(HookGroup.DIRECT_BUFFER);
        } else if (isFrameRule(rule)) {
            groups.add(HookGroup.ARENA);
        } else if (entryPoint == EntryPoint.ARENA_CONFINED || entryPoint == EntryPoint.ARENA_AUTO) {
            groups.add(HookGroup.SEGMENT);
        } else if (entryPoint == EntryPoint.ARENA_SHARED) {
            groups.add(HookGroup.SEGMENT);
            groups.add(HookGroup.ARENA);
        }
    }

    /** Whether the rule's arenas are cut from frames. */
    static boolean isFrameRule(PlanRule rule) {
        return rule.entryPoint() == EntryPoint.ARENA_CONFINED
                && rule.spec().allocator().equals("bump");
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
