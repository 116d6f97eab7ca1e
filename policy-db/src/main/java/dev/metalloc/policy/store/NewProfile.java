// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

/**
 * A profile on its way into the store.
 *
 * @param bytes the profile file as it is; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares these
public record NewProfile(String app, byte[] bytes, ProfileMeta meta) {

    public NewProfile {
        StoredText.requireApp(app);
        StoredText.requireLine("host", meta.host());
        StoredText.requireLine("Java version", meta.javaVersion());
        StoredText.requireLine("version", meta.labels().appVersion());
        StoredText.requireLine("role", meta.labels().role());
    }
}
