// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyRule;
import dev.metalloc.policy.PolicySite;
import dev.metalloc.profiler.api.EntryPoint;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Small profiles and policies; the store does not look into them. */
final class TestRecords {

    private TestRecords() {}

    static Policy policy(String app) {
        return policy(app, 1000);
    }

    static Policy policy(String app, long createdMillis) {
        return new Policy(
                app,
                1,
                createdMillis,
                "a test",
                "time",
                List.of(new PolicyRule(
                        EntryPoint.UNSAFE, PolicySite.ANY, 1, 64, AllocatorSpec.of("slab"), 1, List.of())));
    }

    static NewProfile profile(String app, String content, long millis) {
        return profile(app, content, millis, ProfileLabels.NONE);
    }

    static NewProfile profile(String app, String content, long millis, ProfileLabels labels) {
        return new NewProfile(app, bytes(content), meta(millis, labels));
    }

    static ProfileMeta meta(long millis) {
        return meta(millis, ProfileLabels.NONE);
    }

    static ProfileMeta meta(long millis, ProfileLabels labels) {
        return new ProfileMeta(millis, 7, "host", "25", labels, 1, 10, 9);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
