// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.policy.PolicyRule;
import java.util.Locale;

/** A policy's rule in one line. */
final class RuleText {

    private RuleText() {}

    static String of(PolicyRule rule) {
        String sizes = rule.maxByteSize() == Long.MAX_VALUE
                ? "from " + rule.minByteSize() + " bytes on"
                : rule.minByteSize() + " to " + rule.maxByteSize() + " bytes";
        return String.format(
                Locale.ROOT,
                "%s, %s%s: %s%s%s",
                rule.entryPoint(),
                sizes,
                rule.site().isAny() ? "" : " from " + rule.site().text(),
                rule.allocator().allocator(),
                rule.allocator().parameters().isEmpty()
                        ? ""
                        : " " + rule.allocator().parameters(),
                rule.reasons().isEmpty() ? "" : " (" + rule.reasons().getFirst() + ")");
    }
}
