// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.plan;

/**
 * What the profile behind a rule said about its blocks: where a run departs from it, the rule no longer speaks of that program.
 *
 * <p>Immutable. A figure below 0 was not known and is not judged.
 *
 * @param share of its entry point's allocations (or of its site's, in a rule for one), those of the rule's sizes: 0..1
 * @param remoteFreeRatio frees by another thread than the allocating one, of all frees: 0..1
 * @param peakBytes most memory that the rule's allocator was expected to hold
 */
public record ExpectedUse(double share, double remoteFreeRatio, long peakBytes) {

    /** Nothing is known: a rule made by hand, or a seed. */
    public static final ExpectedUse UNKNOWN = new ExpectedUse(-1, -1, -1);

    public ExpectedUse {
        requireRatio("expectedShare", share);
        requireRatio("expectedRemoteFreeRatio", remoteFreeRatio);
    }

    private static void requireRatio(String name, double ratio) {
        if (!(ratio <= 1)) {
            throw new IllegalArgumentException(name + ": " + ratio + " (expected: 0 to 1)");
        }
    }

    public boolean isUnknown() {
        return share < 0 && remoteFreeRatio < 0 && peakBytes < 0;
    }
}
