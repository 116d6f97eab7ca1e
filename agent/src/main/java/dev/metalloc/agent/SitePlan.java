// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.train.HookGroup;
import dev.metalloc.agent.train.SiteCalls;
import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a plan says of single sites, as far as it can be served: a site is known by the method that calls.
 *
 * <p>Names nothing of the runtime that is defined later.
 */
final class SitePlan {

    private static final int MOST_METHODS = 1_000;

    private final List<SiteRules> sites = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    private SitePlan() {}

    /** Says in one line each which rules are not served, and why. */
    static SitePlan of(Plan plan, PlanHooks hooks) {
        SitePlan sites = new SitePlan();
        for (PlanRule rule : plan.rules()) {
            if (!rule.isForAllSites()) {
                String obstacle = obstacle(rule, hooks);
                if (obstacle.isEmpty() && !sites.add(rule)) {
                    obstacle = "another rule speaks of the same method and sizes";
                }
                if (!obstacle.isEmpty()) {
                    MetallocAgent.say("the rule for " + rule.entryPoint() + " at "
                            + (rule.siteMethod().isEmpty()
                                    ? "site " + Long.toHexString(rule.siteHash())
                                    : rule.siteMethod())
                            + " is not served: " + obstacle + " (the rules for all sites hold there)");
                }
            }
        }
        return sites;
    }

    /** Whether a rule for a site needs hooks at all. */
    static boolean canServe(PlanRule rule) {
        return ruleObstacle(rule).isEmpty();
    }

    private static String obstacle(PlanRule rule, PlanHooks hooks) {
        String obstacle = ruleObstacle(rule);
        return obstacle.isEmpty() && !hooks.has(groupOf(rule.entryPoint())) ? "this JDK has no place for it" : obstacle;
    }

    private static String ruleObstacle(PlanRule rule) {
        EntryPoint entryPoint = rule.entryPoint();
        if (rule.siteMethod().indexOf('.') < 1) {
            return "the policy does not say where it calls from";
        }
        if (rule.isForFrames()) {
            return "frames are a thread's, not a site's";
        }
        if (entryPoint == EntryPoint.UNSAFE && "deny".equals(System.getProperty("sun.misc.unsafe.memory.access"))) {
            return "sun.misc.Unsafe is denied";
        }
        boolean isKnown = entryPoint == EntryPoint.UNSAFE
                || entryPoint == EntryPoint.DIRECT_BUFFER
                || entryPoint == EntryPoint.ARENA_SHARED
                || entryPoint == EntryPoint.ARENA_CONFINED;
        return isKnown ? "" : "it is never dispatched";
    }

    private static HookGroup groupOf(EntryPoint entryPoint) {
        if (entryPoint == EntryPoint.UNSAFE) {
            return HookGroup.UNSAFE;
        }
        return entryPoint == EntryPoint.DIRECT_BUFFER ? HookGroup.DIRECT_BUFFER : HookGroup.SEGMENT;
    }

    private boolean add(PlanRule rule) {
        String method = rule.siteMethod();
        Integer number = numbers.get(method);
        if (number == null) {
            if (numbers.size() == MOST_METHODS) {
                return false;
            }
            number = numbers.size() + 1;
            numbers.put(method, number);
        }
        for (SiteRules site : sites) {
            if (site.number() == number && site.entryPoint() == rule.entryPoint()) {
                return site.add(rule);
            }
        }
        SiteRules site = new SiteRules(rule.entryPoint(), method, number);
        sites.add(site);
        return site.add(rule);
    }

    boolean isEmpty() {
        return sites.isEmpty();
    }

    List<SiteRules> sites() {
        return sites;
    }

    int largestNumber() {
        return numbers.size();
    }

    /** The calls to look for, by internal name of the class. */
    Map<String, SiteCalls> callsByClass() {
        Map<String, SiteCalls> calls = new HashMap<>();
        for (SiteRules site : sites) {
            int dot = site.method().lastIndexOf('.');
            String className = site.method().substring(0, dot).replace('.', '/');
            SiteCalls ofClass = calls.get(className);
            if (ofClass == null) {
                ofClass = new SiteCalls();
                calls.put(className, ofClass);
            }
            ofClass.add(site.method().substring(dot + 1), site.number(), groupOf(site.entryPoint()));
        }
        return calls;
    }
}
