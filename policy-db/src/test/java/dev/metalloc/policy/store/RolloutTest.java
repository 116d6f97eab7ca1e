// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RolloutTest {

    @Test
    void shouldAddInstancesAsTheShareGrows() {
        List<String> instances =
                IntStream.range(0, 1000).mapToObj(i -> "host-" + i).toList();
        List<String> before = List.of();
        for (int share : new int[] {0, 1, 10, 25, 50, 100}) {
            List<StoredPolicy> policies =
                    List.of(policy(2, PolicyState.APPROVED, share), policy(1, PolicyState.APPROVED, 100));
            List<String> chosen = instances.stream()
                    .filter(instance -> version(policies, instance) == 2)
                    .toList();
            assertTrue(chosen.containsAll(before));
            assertEquals(share / 100.0, chosen.size() / 1000.0, 0.05);
            before = chosen;
        }
        assertEquals(1000, before.size());
    }

    @Test
    void shouldLetThePinnedWin() {
        assertEquals(
                1, version(List.of(policy(3, PolicyState.APPROVED, 100), policy(1, PolicyState.PINNED, 100)), "here"));
    }

    @Test
    void shouldLeaveDraftsOutOnceOneIsApproved() {
        StoredPolicy draft = policy(2, PolicyState.DRAFT, 100);

        assertEquals(2, version(List.of(draft, policy(1, PolicyState.DRAFT, 100)), "here"));
        assertEquals(1, version(List.of(draft, policy(1, PolicyState.APPROVED, 100)), "here"));
    }

    @Test
    void shouldSayWhy() {
        assertEquals("there is none", Rollout.of("a", "here", List.of()).reason());
        assertEquals(
                "none is for this instance",
                Rollout.of("a", "here", List.of(policy(1, PolicyState.APPROVED, 0)))
                        .reason());
        assertEquals(
                "version 1 is pinned",
                Rollout.of("a", "here", List.of(policy(1, PolicyState.PINNED, 5)))
                        .reason());
        assertTrue(Rollout.of("a", "here", List.of(policy(1, PolicyState.APPROVED, 99)))
                .reason()
                .startsWith("version 1 is the newest approved one for this instance (number "));
    }

    private static int version(List<StoredPolicy> policies, String instance) {
        return Rollout.of("a", instance, policies)
                .policy()
                .orElseThrow()
                .policy()
                .version();
    }

    private static StoredPolicy policy(int version, PolicyState state, int share) {
        return new StoredPolicy(TestRecords.policy("a").withVersion(version), state, share, false);
    }
}
