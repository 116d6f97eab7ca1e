// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import org.eclipse.aether.util.version.GenericVersionScheme;
import org.eclipse.aether.version.InvalidVersionSpecificationException;

/**
 * Versions as Maven compares them, in a range as Maven writes it.
 *
 * @param text such as {@code [4.1,4.2)}
 */
public record VersionRange(String text) {

    private static final GenericVersionScheme SCHEME = new GenericVersionScheme();

    public VersionRange {
        try {
            SCHEME.parseVersionRange(text);
        } catch (InvalidVersionSpecificationException e) {
            throw new IllegalArgumentException("versions: " + text + " (expected: a range such as [4.1,4.2))", e);
        }
    }

    /** Whether a version is in it; one that cannot be told, being empty, is. */
    public boolean contains(String version) {
        try {
            return version.isEmpty() || SCHEME.parseVersionRange(text).containsVersion(SCHEME.parseVersion(version));
        } catch (InvalidVersionSpecificationException e) {
            return false;
        }
    }
}
