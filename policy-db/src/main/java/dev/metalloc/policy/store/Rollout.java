// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Which of an application's policies an instance uses, and why.
 *
 * <p>Withdrawn policies are out. A pinned one wins (the newest of several). Else, where any was approved, drafts are out.
 * Of those left the newest is used whose share of the instances this one is in: an instance has a number from 0 to 99 that
 * depends on its name and the application alone, and is in a share of {@code n} percent where its number is less than
 * {@code n}; so raising a share adds instances and changes none.
 *
 * @param reason one sentence
 */
public record Rollout(Optional<StoredPolicy> policy, String reason) {

    private static final int WHOLE = 100;

    /** The choice of an instance among an application's policies, newest first. */
    public static Rollout of(String app, String instance, List<StoredPolicy> newestFirst) {
        List<StoredPolicy> standing =
                newestFirst.stream().filter(policy -> !policy.withdrawn()).toList();
        Optional<StoredPolicy> pinned = standing.stream()
                .filter(policy -> policy.state() == PolicyState.PINNED)
                .findFirst();
        if (pinned.isPresent()) {
            return new Rollout(pinned, name(pinned.get()) + " is pinned");
        }
        boolean anyApproved = standing.stream().anyMatch(policy -> policy.state() == PolicyState.APPROVED);
        int number = number(app, instance);
        for (StoredPolicy policy : standing) {
            if ((!anyApproved || policy.state() == PolicyState.APPROVED) && number < policy.sharePercent()) {
                return new Rollout(Optional.of(policy), reason(policy, anyApproved, number));
            }
        }
        return new Rollout(Optional.empty(), newestFirst.isEmpty() ? "there is none" : "none is for this instance");
    }

    private static String reason(StoredPolicy policy, boolean anyApproved, int number) {
        String kind = anyApproved ? " is the newest approved one" : " is the newest, none being approved";
        return name(policy)
                + kind
                + (policy.sharePercent() == WHOLE
                        ? ""
                        : " for this instance (number " + number + ", of which it takes those below "
                                + policy.sharePercent() + ")");
    }

    private static String name(StoredPolicy policy) {
        return "version " + policy.policy().version();
    }

    static int number(String app, String instance) {
        CRC32C crc = new CRC32C();
        crc.update((app + "\n" + instance).getBytes(StandardCharsets.UTF_8));
        return (int) (crc.getValue() % WHOLE);
    }
}
