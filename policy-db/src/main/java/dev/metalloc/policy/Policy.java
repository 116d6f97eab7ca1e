// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy;

import java.util.List;

/**
 * What one application's blocks are to be served by.
 *
 * @param app application identity
 * @param version counts up with each new policy of the application, from 1
 * @param createdEpochMillis when it was made
 * @param provenance what it came from: which profiles, of which runs
 * @param objective what was sought, such as {@code time} or {@code memory}
 */
public record Policy(
        String app, int version, long createdEpochMillis, String provenance, String objective, List<PolicyRule> rules) {

    public Policy {
        if (app.isBlank()) {
            throw new IllegalArgumentException("app: empty (expected: an application identity)");
        }
        if (version < 1) {
            throw new IllegalArgumentException("version: " + version + " (expected: 1 or more)");
        }
        rules = List.copyOf(rules);
    }

    public Policy withVersion(int newVersion) {
        return new Policy(app, newVersion, createdEpochMillis, provenance, objective, rules);
    }
}
