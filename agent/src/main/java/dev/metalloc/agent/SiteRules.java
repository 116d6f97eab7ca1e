// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A plan's rules for the calls of one method through one entry point. Confined to the thread that starts the agent, then read only. */
final class SiteRules {

    private final EntryPoint entryPoint;
    private final String method;
    private final int number;
    private final List<PlanRule> rules = new ArrayList<>();

    /**
     * @param method as {@code class.method}
     * @param number the method's own
     */
    SiteRules(EntryPoint entryPoint, String method, int number) {
        this.entryPoint = entryPoint;
        this.method = method;
        this.number = number;
    }

    EntryPoint entryPoint() {
        return entryPoint;
    }

    String method() {
        return method;
    }

    int number() {
        return number;
    }

    /** Adds a rule; false where another one speaks of some of its sizes, on calls of the same method that came from elsewhere. */
    boolean add(PlanRule rule) {
        for (PlanRule known : rules) {
            if (rule.minByteSize() <= known.maxByteSize() && known.minByteSize() <= rule.maxByteSize()) {
                return false;
            }
        }
        rules.add(rule);
        return true;
    }

    /** The rules that name an allocator. */
    List<PlanRule> served() {
        List<PlanRule> served = new ArrayList<>();
        for (PlanRule rule : rules) {
            if (!rule.isLeave()) {
                served.add(rule);
            }
        }
        return served;
    }

    /** Smallest and largest size of each range that is left to the JDK, in turn. */
    long[] leftSizes() {
        long[] sizes = new long[2 * rules.size()];
        int count = 0;
        for (PlanRule rule : rules) {
            if (rule.isLeave()) {
                sizes[count++] = rule.minByteSize();
                sizes[count++] = rule.maxByteSize();
            }
        }
        return Arrays.copyOf(sizes, count);
    }

    @Override
    public String toString() {
        return entryPoint + " at " + method;
    }
}
