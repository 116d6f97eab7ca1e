// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.fleet;

import dev.metalloc.launcher.known.SpooledProfile;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyToml;
import dev.metalloc.policy.exchange.BundleManifest;
import dev.metalloc.policy.exchange.BundleManifest.PolicyEntry;
import dev.metalloc.policy.exchange.BundleManifest.ProfileEntry;
import dev.metalloc.policy.exchange.BundleReader;
import dev.metalloc.policy.store.NewProfile;
import dev.metalloc.policy.store.PolicyState;
import dev.metalloc.policy.store.PolicyStore;
import dev.metalloc.policy.store.ProfileLabels;
import dev.metalloc.policy.store.ProfileMeta;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a verified bundle into a store.
 *
 * <p>What is there already is left as it is, so that importing again, or going on after an interruption, doubles nothing.
 * Policies arrive as drafts: who runs this fleet approves them.
 */
public final class BundleImport {

    private static final int BATCH_PROFILES = 64;

    private final PolicyStore store;
    private final Path file;
    private final List<NewProfile> batch = new ArrayList<>();
    private int profileCount;
    private int policyCount;

    public BundleImport(PolicyStore store, Path file) {
        this.store = store;
        this.file = file;
    }

    /** What was added. */
    public record Added(int profileCount, int policyCount) {}

    /**
     * Adds what is not there yet.
     *
     * @param verified what the reader answered
     */
    public Added add(BundleReader reader, BundleManifest verified) throws IOException {
        // All of it is understood before any of it is stored.
        reader.forEach(verified, (entry, bytes) -> {
            switch (entry) {
                case ProfileEntry profile -> profile(profile, bytes);
                case PolicyEntry policy -> policy(policy, bytes);
            }
        });
        reader.forEach(verified, (entry, bytes) -> {
            switch (entry) {
                case ProfileEntry profile -> addLater(profile(profile, bytes));
                case PolicyEntry policy -> add(policy(policy, bytes));
            }
        });
        flush();
        return new Added(profileCount, policyCount);
    }

    private NewProfile profile(ProfileEntry entry, byte[] bytes) throws IOException {
        try {
            NewProfile read = new SpooledProfile().read(bytes, new ProfileLabels(entry.appVersion(), entry.role()));
            if (!read.app().equals(entry.app())) {
                throw new IOException("it is not of the application it claims (export it again)");
            }
            ProfileMeta meta = read.meta();
            return new NewProfile(
                    read.app(),
                    bytes,
                    new ProfileMeta(
                            meta.recordedEpochMillis(),
                            meta.durationNanos(),
                            entry.host(),
                            meta.javaVersion(),
                            meta.labels(),
                            entry.weight(),
                            meta.allocateCount(),
                            meta.freeCount()));
        } catch (IllegalArgumentException | IOException e) {
            throw new IOException(file + ": a profile in it: " + e.getMessage(), e);
        }
    }

    private Policy policy(PolicyEntry entry, byte[] bytes) throws IOException {
        Policy policy = PolicyToml.parse(new String(bytes, StandardCharsets.UTF_8), file + ": a policy in it");
        if (!policy.app().equals(entry.app()) || policy.app().chars().anyMatch(Character::isISOControl)) {
            throw new IOException(file + ": a policy in it is not of the application it claims (export it again)");
        }
        return policy;
    }

    private void addLater(NewProfile profile) {
        batch.add(profile);
        if (batch.size() >= BATCH_PROFILES) {
            flush();
        }
    }

    private void flush() {
        profileCount += store.profiles().addAll(batch);
        batch.clear();
    }

    private void add(Policy policy) {
        boolean isKnown = store.policies().all(policy.app()).stream()
                .anyMatch(known -> known.policy().withVersion(policy.version()).equals(policy));
        if (!isKnown) {
            store.policies().save(policy, PolicyState.DRAFT);
            policyCount++;
        }
    }
}
