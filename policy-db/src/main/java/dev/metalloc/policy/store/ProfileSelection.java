// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.util.Optional;

/**
 * Which profiles of an application are meant.
 *
 * @param appVersion of this version only
 * @param role of this role only
 */
public record ProfileSelection(String app, Optional<String> appVersion, Optional<String> role) {

    public static ProfileSelection of(String app) {
        return new ProfileSelection(app, Optional.empty(), Optional.empty());
    }

    public static ProfileSelection of(String app, ProfileLabels labels) {
        return new ProfileSelection(app, Optional.of(labels.appVersion()), Optional.of(labels.role()));
    }
}
