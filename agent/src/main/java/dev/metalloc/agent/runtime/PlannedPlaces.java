// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import java.util.HashSet;
import java.util.Set;

/** Which places of the JDK a plan's rules need hooked, by the names of the groups of hooks. */
public final class PlannedPlaces {

    private PlannedPlaces() {}

    /** What the rules for all sites need. */
    static Set<String> of(Plan plan) {
        Set<String> places = new HashSet<>();
        for (PlanRule rule : plan.rules()) {
            add(places, rule);
        }
        return places;
    }

    /** Adds what one rule needs. */
    public static void add(Set<String> places, PlanRule rule) {
        EntryPoint entryPoint = rule.entryPoint();
        if (rule.isLeave() && rule.isForAllSites()) {
            return;
        }
        if (entryPoint == EntryPoint.UNSAFE) {
            places.add("UNSAFE");
        } else if (entryPoint == EntryPoint.DIRECT_BUFFER) {
            places.add("DIRECT_BUFFER");
            places.add("CHANNEL_BUFFER");
        } else if (entryPoint == EntryPoint.MALLOC_DOWNCALL) {
            places.add("DOWNCALL");
        } else if (rule.isForFrames()) {
            places.add("ARENA");
        } else if (entryPoint == EntryPoint.ARENA_CONFINED || entryPoint == EntryPoint.ARENA_AUTO) {
            places.add("SEGMENT");
        } else if (entryPoint == EntryPoint.ARENA_SHARED) {
            places.add("SEGMENT");
            places.add("ARENA");
        }
    }

    /** Whether the plan serves the buffers of any library, as that is loaded. */
    static boolean needLibraries(Plan plan) {
        for (PlanRule rule : plan.rules()) {
            if (rule.entryPoint().isPool() && rule.isForAllSites() && !rule.isLeave()) {
                return true;
            }
        }
        return false;
    }

    /** Whether the plan serves the buffers of the library, as that is loaded. */
    public static boolean needLibrary(Plan plan, EntryPoint library) {
        for (PlanRule rule : plan.rules()) {
            if (rule.entryPoint() == library && rule.isForAllSites() && !rule.isLeave()) {
                return true;
            }
        }
        return false;
    }
}
