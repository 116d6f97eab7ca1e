// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.allocators.AllocatorCatalog;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyNotes;
import dev.metalloc.policy.PolicyRule;
import dev.metalloc.policy.plan.Plan;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Turns a policy into a plan file, or says why the application is to be started untouched: an application never stays away
 * for want of a policy of ours.
 */
public final class PlanPreparation {

    private final Surroundings surroundings;
    private final MetallocHome home;

    public PlanPreparation(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.home = MetallocHome.of(surroundings);
    }

    /** By the policy in the store, else by the seeds. */
    PreparedStart found(String app, List<Path> classPath, String javaVersion) {
        return prepared(app, () -> find(app, classPath, javaVersion));
    }

    private PolicyChoice find(String app, List<Path> classPath, String javaVersion) {
        int featureEnd = javaVersion.indexOf('.');
        return new PolicySources(surroundings)
                .find(app, classPath, featureEnd < 0 ? javaVersion : javaVersion.substring(0, featureEnd));
    }

    /** By a policy that is given or found; what is wrong with it becomes the reason to start untouched. */
    public PreparedStart prepared(String app, Supplier<PolicyChoice> source) {
        PolicyChoice choice;
        try {
            choice = source.get();
        } catch (CommandFailure e) {
            return PreparedStart.failed(home.cache(), String.valueOf(e.getMessage()), List.of());
        }
        if (choice.policy().isEmpty()) {
            return PreparedStart.left(home.cache(), "no policy known for " + app, choice.explanation());
        }
        Policy policy = choice.policy().get();
        try {
            return prepared(policy, choice);
        } catch (CommandFailure e) {
            return PreparedStart.failed(home.cache(), String.valueOf(e.getMessage()), choice.explanation());
        } catch (UncheckedIOException e) {
            return PreparedStart.failed(
                    home.cache(),
                    "cannot write the plan anywhere (set METALLOC_HOME to a folder that can be written)",
                    choice.explanation());
        }
    }

    /** Of a command line such as {@code java -version}. */
    public PreparedStart ofNoApplication() {
        return PreparedStart.left(home.cache(), "this command line starts no application", List.of());
    }

    private PreparedStart prepared(Policy policy, PolicyChoice choice) {
        requireKnownAllocators(policy);
        Plan plan = PlanFile.compile(policy);
        if (plan.rules().isEmpty()) {
            String reason = choice.notice().isEmpty() ? leaving(policy) : choice.notice();
            return PreparedStart.left(home.cache(), reason, choice.explanation());
        }
        List<String> notices = new ArrayList<>(PolicyNotes.of(policy));
        if (!choice.notice().isEmpty()) {
            notices.add(choice.notice());
        }
        PlanFile file = PlanFile.write(plan, FileNames.of(policy.app()) + "-" + policy.version(), home);
        return new PreparedStart(
                Optional.of(file.file()),
                file.cache(),
                "",
                String.join("; ", notices),
                FileNames.of(policy.app()) + "-" + PolicySources.edition(policy),
                true,
                choice.explanation());
    }

    private static String leaving(Policy policy) {
        List<String> notes = PolicyNotes.of(policy);
        return PolicySources.leaving(policy) + (notes.isEmpty() ? "" : ", since " + String.join("; ", notes));
    }

    // Here rather than in the agent, which could only say so after the JVM has started.
    private static void requireKnownAllocators(Policy policy) {
        Set<String> known = new TreeSet<>();
        AllocatorCatalog.load(PlanPreparation.class.getClassLoader()).traits().stream()
                .map(AllocatorTraits::name)
                .forEach(known::add);
        for (PolicyRule rule : policy.rules()) {
            String name = rule.allocator().allocator();
            if (!rule.isLeave() && !known.contains(name)) {
                throw CommandFailure.failed("the policy for " + policy.app() + " version " + policy.version()
                        + " names an unknown allocator: " + name + " (known: " + String.join(", ", known) + ")");
            }
        }
    }
}
