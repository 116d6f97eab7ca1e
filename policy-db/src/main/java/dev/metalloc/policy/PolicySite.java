// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy;

import dev.metalloc.policy.plan.PlanRule;

/**
 * The place in the code a rule speaks of.
 *
 * @param hash the site's hash, or {@link PlanRule#ANY_SITE}
 * @param text its frames, for people; no part of its identity
 */
public record PolicySite(long hash, String text) {

    /** All sites. */
    public static final PolicySite ANY = new PolicySite(PlanRule.ANY_SITE, "");

    public boolean isAny() {
        return hash == PlanRule.ANY_SITE;
    }

    /** The method of the innermost frame, as {@code class.method}: what the text begins with. */
    public String method() {
        int end = 0;
        while (end < text.length() && text.charAt(end) != ':' && text.charAt(end) != ' ') {
            end++;
        }
        return text.substring(0, end);
    }

    /** {@code any}, or the hash as 16 hexadecimal digits. */
    public String id() {
        return isAny() ? "any" : String.format("%016x", hash);
    }
}
