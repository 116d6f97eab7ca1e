// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * What tells an application's profiles apart before they are merged.
 *
 * @param appVersion the application's version, empty where unknown
 * @param role what this instance does in the fleet, such as {@code web}; empty where it was not said
 */
public record ProfileLabels(String appVersion, String role) {

    public static final ProfileLabels NONE = new ProfileLabels("", "");

    private static final String SEPARATOR = "~";
    private static final int MOST_CHARACTERS = 60;

    public ProfileLabels {
        appVersion = cut(appVersion);
        role = cut(role);
    }

    private static String cut(String text) {
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS);
    }

    /** A folder name that says both, and is never {@code .} or {@code ..}. */
    public String folderName() {
        return encode(appVersion) + SEPARATOR + encode(role);
    }

    /** The labels a folder name says; none where it was not made by {@link #folderName()}. */
    static ProfileLabels ofFolder(String name) {
        int separator = name.indexOf(SEPARATOR);
        if (separator < 0) {
            return NONE;
        }
        try {
            return new ProfileLabels(decode(name.substring(0, separator)), decode(name.substring(separator + 1)));
        } catch (IllegalArgumentException e) {
            return NONE;
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
