// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy;

import dev.metalloc.policy.plan.PlanRule;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** What a policy says that run mode does otherwise. Any thread. */
public final class PolicyNotes {

    private PolicyNotes() {}

    /** One line each; empty where all is served as it stands there. */
    public static List<String> of(Policy policy) {
        List<String> notes = new ArrayList<>();
        TreeSet<String> unserved = new TreeSet<>();
        for (PolicyRule rule : policy.rules()) {
            if (rule.isLeave()) {
                continue;
            }
            if (!PlanRule.isServed(rule.entryPoint())) {
                unserved.add(rule.entryPoint().name());
            } else if (rule.toPlanRule().isForFrames() && rule.site().isAny() && rule.minByteSize() > 1) {
                notes.add("frames serve " + rule.entryPoint() + " from the smallest size on, not from "
                        + rule.minByteSize() + " bytes as its rule says");
            }
        }
        if (!unserved.isEmpty()) {
            notes.add(String.join(", ", unserved) + " cannot be served, whatever the policy says: the JDK serves it");
        }
        return notes;
    }
}
