// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.policy.Policy;
import java.util.List;
import java.util.Optional;

/**
 * Which policy an application is started with, and why.
 *
 * @param policy empty where nothing is known
 * @param explanation which rule won and why, one line each
 * @param notice what the user is to be told though nobody asked; empty for nothing
 */
public record PolicyChoice(Optional<Policy> policy, List<String> explanation, String notice) {

    public PolicyChoice {
        explanation = List.copyOf(explanation);
    }

    public PolicyChoice(Optional<Policy> policy, List<String> explanation) {
        this(policy, explanation, "");
    }
}
