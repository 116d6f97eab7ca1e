// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.exchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a bundle holds, in the order it holds it: first the profiles, then the policies.
 *
 * @param created when, as ISO-8601 in UTC
 */
public record BundleManifest(int schema, String created, List<ProfileEntry> profiles, List<PolicyEntry> policies) {

    static final int SCHEMA = 1;
    private static final int MOST_ENTRIES = 100_000;
    private static final long MOST_CONTENT_BYTES = 64L << 20;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** A content of the bundle. */
    public sealed interface Entry permits ProfileEntry, PolicyEntry {

        String sha256();

        long byteSize();
    }

    /** A profile; what the store keeps beside its bytes. */
    public record ProfileEntry(
            String app, String sha256, long byteSize, String host, String appVersion, String role, double weight)
            implements Entry {}

    /** A policy, as TOML. */
    public record PolicyEntry(String app, String sha256, long byteSize) implements Entry {}

    public BundleManifest {
        profiles = List.copyOf(profiles);
        policies = List.copyOf(policies);
    }

    byte[] toBytes() throws IOException {
        return MAPPER.writeValueAsBytes(this);
    }

    /**
     * Reads a manifest and holds it to its limits.
     *
     * @throws BundleException where it is none, is newer than this version, or claims what no bundle holds
     */
    static BundleManifest parse(byte[] bytes, String source) throws IOException {
        try {
            JsonNode tree = MAPPER.readTree(bytes);
            int schema = tree.path("schema").asInt(0);
            if (schema > SCHEMA) {
                throw new BundleException(source + ": its schema " + schema + " is newer than " + SCHEMA
                        + " (update metalloc to read it)");
            }
            BundleManifest manifest = MAPPER.treeToValue(tree, BundleManifest.class);
            manifest.requireSound(source);
            return manifest;
        } catch (JsonProcessingException | NullPointerException e) {
            throw new BundleException(source + ": no manifest of a metalloc bundle (export it again)", e);
        }
    }

    private void requireSound(String source) throws BundleException {
        Set<String> seen = new HashSet<>();
        for (Entry entry : entries()) {
            boolean isSound = entry.sha256().matches("[0-9a-f]{64}")
                    && entry.byteSize() >= 0
                    && entry.byteSize() <= MOST_CONTENT_BYTES
                    && seen.add(entry.sha256());
            if (schema != SCHEMA || !isSound || seen.size() > MOST_ENTRIES) {
                throw new BundleException(source + ": its manifest claims what no bundle holds (export it again)");
            }
        }
    }

    List<? extends Entry> entries() {
        return Stream.concat(profiles.stream(), policies.stream()).toList();
    }
}
