// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.seed.FoundPackage;
import dev.metalloc.policy.seed.PackageFinder;
import dev.metalloc.policy.seed.SeedCatalog;
import dev.metalloc.policy.seed.SeededPolicy;
import dev.metalloc.policy.store.PolicyReader;
import dev.metalloc.policy.store.PolicyStoreException;
import dev.metalloc.policy.store.Rollout;
import dev.metalloc.policy.store.StoreLocation;
import dev.metalloc.policy.store.StoredPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the policy to start an application with: its own in the store, else what the seeds of its packages make.
 *
 * <p>The start waits for this, so nothing is stored or taken from the spool on the way, and a server is asked for a
 * bounded time.
 */
public final class PolicySources {

    private final Surroundings surroundings;

    public PolicySources(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /**
     * The application's own policy for this instance.
     *
     * @throws CommandFailure where the store cannot be used and nothing it said before is kept
     */
    public PolicyChoice own(String app) {
        StoreLocation location = StorePlace.of(surroundings);
        String instance = Instance.name(surroundings);
        if (location.isServer()) {
            return new ServerPolicies(surroundings, location).find(app, instance);
        }
        try {
            return chosen(app, Rollout.of(app, instance, PolicyReader.read(location, app)));
        } catch (PolicyStoreException e) {
            throw CommandFailure.failed(String.valueOf(e.getMessage()), e);
        }
    }

    static PolicyChoice chosen(String app, Rollout rollout) {
        List<String> explanation = new ArrayList<>();
        explanation.add("policy of " + app + ": " + rollout.reason());
        rollout.policy().map(StoredPolicy::policy).ifPresent(policy -> {
            explanation.add("made from " + policy.provenance());
            policy.rules().forEach(rule -> explanation.add(RuleText.of(rule)));
        });
        return new PolicyChoice(rollout.policy().map(StoredPolicy::policy), explanation);
    }

    /**
     * What the seeds say of the packages on a class path; empty policy where none of them is there.
     *
     * @param featureVersion of the JVM that is started, such as {@code 25}
     */
    public PolicyChoice seeded(String app, List<Path> classPath, String featureVersion) {
        Path ownSeeds = MetallocHome.of(surroundings).seeds();
        PackageFinder finder = new PackageFinder(SeedCatalog.load(ownSeeds, surroundings::tell));
        List<FoundPackage> packages = new ArrayList<>(finder.on(classPath));
        if (packages.isEmpty()) {
            return new PolicyChoice(Optional.empty(), List.of("no seed for anything on the class path"));
        }
        packages.addAll(finder.ofJdk(featureVersion, surroundings.javaHome()));
        SeededPolicy seeded = SeededPolicy.of(app, packages, System.currentTimeMillis());
        return new PolicyChoice(Optional.of(seeded.policy()), seeded.explanation());
    }

    /** The application's own policy, as far as strict seeds allow, else the seeds': the precedence below the command line's. */
    public PolicyChoice find(String app, List<Path> classPath, String featureVersion) {
        PolicyChoice own = own(app);
        if (own.policy().isPresent()) {
            return new StrictSeeds(surroundings, classPath).observed(own);
        }
        PolicyChoice seeded = seeded(app, classPath, featureVersion);
        List<String> explanation = new ArrayList<>(own.explanation());
        explanation.addAll(seeded.explanation());
        return new PolicyChoice(seeded.policy(), explanation);
    }

    /** How a policy is called in a message. */
    public static String name(Policy policy) {
        return isSeeded(policy) ? policy.provenance() : "the policy for " + policy.app();
    }

    private static boolean isSeeded(Policy policy) {
        return policy.provenance().startsWith("the seeds ");
    }

    /** What tells a policy from the others of its application. */
    static String edition(Policy policy) {
        return isSeeded(policy) ? "seeds" : Integer.toString(policy.version());
    }

    /** Why nothing is dispatched by a policy that leaves everything to the JDK. */
    static String leaving(Policy policy) {
        return isSeeded(policy)
                ? "no policy known for " + policy.app() + ", and " + name(policy) + " leave all as it is"
                : name(policy) + " leaves all as it is";
    }
}
