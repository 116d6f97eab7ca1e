// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

/**
 * A profile on its way into the store.
 *
 * @param bytes the profile file as it is; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares these
public record NewProfile(String app, byte[] bytes, ProfileMeta meta) {

    private static final int MOST_APP_CHARACTERS = 500;

    public NewProfile {
        if (app.isBlank() || app.length() > MOST_APP_CHARACTERS) {
            throw new IllegalArgumentException(
                    "application name of " + app.length() + " characters (expected: 1 to " + MOST_APP_CHARACTERS + ")");
        }
        requireText("application name", app);
        requireText("host", meta.host());
        requireText("Java version", meta.javaVersion());
        requireText("version", meta.labels().appVersion());
        requireText("role", meta.labels().role());
    }

    // PostgreSQL cannot store it, and a name with a line end in it would forge lines of our listings.
    private static void requireText(String what, String text) {
        if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw new IllegalArgumentException(what + " with a control character in it");
        }
    }
}
