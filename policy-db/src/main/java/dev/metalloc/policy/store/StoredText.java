// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

/** What a text must be to be stored in any database and listed on a line. */
final class StoredText {

    private static final int MOST_APP_CHARACTERS = 500;

    private StoredText() {}

    /** @throws IllegalArgumentException where the name of an application is empty, endless or no single line */
    static void requireApp(String app) {
        if (app.isBlank() || app.length() > MOST_APP_CHARACTERS) {
            throw new IllegalArgumentException(
                    "application name of " + app.length() + " characters (expected: 1 to " + MOST_APP_CHARACTERS + ")");
        }
        requireLine("application name", app);
    }

    // PostgreSQL cannot store a zero, and a name with a line end in it would forge lines of our listings.
    static void requireLine(String what, String text) {
        if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw new IllegalArgumentException(what + " with a control character in it");
        }
    }
}
