// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.flags;

import dev.metalloc.allocators.api.Flag;

/** Flags that follow from others. */
final class CombinedFlags {

    private CombinedFlags() {}

    /** Memory fragments where sizes vary, frees come in no order, and lifetimes mix or are long: all three are needed. */
    static void raise(FlagSet flags) {
        double lifetimes = Math.max(flags.strength(Flag.MIXED_LIVED), flags.strength(Flag.LONG_LIVED));
        double strength =
                Math.min(lifetimes, Math.min(flags.strength(Flag.MANY_SIZES), flags.strength(Flag.RANDOM_FREE)));
        flags.raise(
                Flag.FRAGMENTATION_PRONE,
                strength,
                flags.evidence(Flag.MANY_SIZES) + "; " + flags.evidence(Flag.RANDOM_FREE)
                        + "; lifetimes are mixed or long");
    }
}
