// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.policy.store.StoreLocation;
import java.util.Optional;

/** Which database the user's environment names: {@code METALLOC_DB}, else the file below METALLOC_HOME. */
public final class StorePlace {

    private static final String VARIABLE = "METALLOC_DB";

    private StorePlace() {}

    /** Whether the user names a database; it may be far away, and what is in it changes without a file of ours changing. */
    static boolean isNamed(Surroundings surroundings) {
        return surroundings.variable(VARIABLE).isPresent();
    }

    public static StoreLocation of(Surroundings surroundings) {
        Optional<String> url = surroundings.variable(VARIABLE);
        if (url.isEmpty()) {
            return StoreLocation.of(MetallocHome.of(surroundings).store());
        }
        try {
            return StoreLocation.ofUrl(url.get());
        } catch (IllegalArgumentException e) {
            // Without the URL itself: it may hold a password.
            throw CommandFailure.failed(
                    VARIABLE
                            + " names no database metalloc knows (expected: jdbc:postgresql://HOST/DATABASE?user=NAME)",
                    e);
        }
    }
}
