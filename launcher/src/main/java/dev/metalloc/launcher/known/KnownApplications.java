// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.store.AppSummary;
import dev.metalloc.policy.store.PolicyState;
import dev.metalloc.policy.store.PolicyStore;
import dev.metalloc.policy.store.PolicyStoreException;
import dev.metalloc.policy.store.Rollout;
import dev.metalloc.policy.store.Spool;
import dev.metalloc.policy.store.StoreLocation;
import dev.metalloc.policy.store.StoredPolicy;
import dev.metalloc.policy.store.StoredProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The applications that the store knows, after it took in what their runs left in the spool.
 *
 * <p>Every method fails with one clear line where the store cannot be used.
 */
public final class KnownApplications {

    /** Older runs say little about a program that has changed since, and each costs time to read. */
    private static final int MOST_MERGED_PROFILES = 16;

    private final PolicyStore store;
    private final String instance;

    private KnownApplications(PolicyStore store, String instance) {
        this.store = store;
        this.instance = instance;
    }

    public static KnownApplications open(Surroundings surroundings) {
        MetallocHome home = MetallocHome.of(surroundings).prepared();
        StoreLocation location = StorePlace.of(surroundings);
        return asked(() -> {
            PolicyStore store = PolicyStore.open(location);
            sweep(home, store).problems().forEach(surroundings::tell);
            return new KnownApplications(store, Instance.name(surroundings));
        });
    }

    private static Spool.Sweep sweep(MetallocHome home, PolicyStore store) {
        return new Spool(home.spool(), new SpooledProfile()).sweep(store);
    }

    /** The store itself, for what is no question about one application. */
    public PolicyStore store() {
        return store;
    }

    /** All applications, the last seen first. */
    public List<AppSummary> list() {
        return asked(store::applications);
    }

    public boolean knows(String app) {
        return asked(() -> store.application(app)).isPresent();
    }

    /** The policy that this instance uses for an application. */
    public Optional<Policy> policy(String app) {
        return rollout(app).policy().map(StoredPolicy::policy);
    }

    /** Which of an application's policies this instance uses, and why. */
    public Rollout rollout(String app) {
        return asked(() -> Rollout.of(app, instance, store.policies().all(app)));
    }

    /** What the application's last runs showed, together. */
    public Optional<Profile> profile(String app) {
        return runs(app).map(ProfiledRuns::merged);
    }

    /** The same with each run by itself, and what they say where newer ones count for more. */
    public Optional<ProfiledRuns> runs(String app) {
        List<ProfiledRuns.StoredRun> runs = new ArrayList<>();
        for (StoredProfile stored : asked(() -> store.profiles().latest(app, MOST_MERGED_PROFILES))) {
            asked(() -> store.profiles().bytes(stored.id()))
                    .ifPresent(bytes -> runs.add(new ProfiledRuns.StoredRun(stored.meta(), decoded(bytes, stored))));
        }
        return runs.isEmpty() ? Optional.empty() : Optional.of(ProfiledRuns.ofStored(runs));
    }

    /** Keeps a policy as the application's newest and returns it with the version it got. */
    public Policy keep(Policy policy) {
        return asked(() -> store.policies().save(policy, PolicyState.DRAFT));
    }

    private static Profile decoded(byte[] bytes, StoredProfile stored) {
        try {
            return ProfileReader.decode(ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            throw CommandFailure.failed(
                    "stored profile " + stored.id() + " of " + stored.app() + ": " + e.getMessage(), e);
        }
    }

    /** Asks the store; its failures become ours. */
    public static <T> T asked(Supplier<T> question) {
        try {
            return question.get();
        } catch (PolicyStoreException e) {
            throw CommandFailure.failed(String.valueOf(e.getMessage()), e);
        }
    }
}
