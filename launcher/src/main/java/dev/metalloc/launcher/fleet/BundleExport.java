// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.fleet;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyToml;
import dev.metalloc.policy.exchange.BundleManifest;
import dev.metalloc.policy.exchange.BundleManifest.PolicyEntry;
import dev.metalloc.policy.exchange.BundleManifest.ProfileEntry;
import dev.metalloc.policy.exchange.BundleWriter;
import dev.metalloc.policy.store.PolicyStore;
import dev.metalloc.policy.store.ProfileMeta;
import dev.metalloc.policy.store.Sha256;
import dev.metalloc.policy.store.StoredPolicy;
import dev.metalloc.policy.store.StoredProfile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes what a store knows of some applications into a bundle. */
public final class BundleExport {

    private final PolicyStore store;
    private final List<ProfileEntry> profiles = new ArrayList<>();
    private final Map<String, PolicyEntry> policies = new LinkedHashMap<>();
    private final Map<String, Long> profileIds = new HashMap<>();
    private final Map<String, byte[]> policyTexts = new HashMap<>();

    public BundleExport(PolicyStore store) {
        this.store = store;
    }

    /** Adds an application's policies that were not withdrawn, and its newest profiles. */
    public void add(String app, int mostProfiles) {
        for (StoredProfile profile : store.profiles().latest(app, mostProfiles)) {
            ProfileMeta meta = profile.meta();
            profileIds.put(profile.sha256(), profile.id());
            profiles.add(new ProfileEntry(
                    app,
                    profile.sha256(),
                    profile.byteSize(),
                    meta.host(),
                    meta.labels().appVersion(),
                    meta.labels().role(),
                    meta.weight()));
        }
        for (StoredPolicy policy : store.policies().all(app)) {
            if (!policy.withdrawn()) {
                add(policy.policy());
            }
        }
    }

    private void add(Policy policy) {
        byte[] text = PolicyToml.write(policy).getBytes(StandardCharsets.UTF_8);
        String sha256 = Sha256.of(text);
        policies.put(sha256, new PolicyEntry(policy.app(), sha256, text.length));
        policyTexts.put(sha256, text);
    }

    /** Writes the bundle and returns what it holds. */
    public BundleManifest write(Path file, @Nullable PrivateKey key) throws IOException {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        BundleManifest manifest = new BundleManifest(1, now, profiles, List.copyOf(policies.values()));
        BundleWriter.write(file, manifest, this::content, key);
        return manifest;
    }

    private byte[] content(String sha256) {
        byte[] text = policyTexts.get(sha256);
        if (text != null) {
            return text;
        }
        Long id = profileIds.get(sha256);
        return (id == null ? Optional.<byte[]>empty() : store.profiles().bytes(id))
                .orElseThrow(() ->
                        CommandFailure.failed("a profile was removed while it was to be exported (export again)"));
    }
}
