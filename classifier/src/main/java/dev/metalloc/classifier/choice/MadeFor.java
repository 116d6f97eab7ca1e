// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.Flag;
import dev.metalloc.classifier.FlagEvidence;
import dev.metalloc.classifier.flags.FlagSet;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What an allocator is made for of that which some blocks do: the flags its traits say it suits, against those that the blocks raise. Costs choose
 * between allocators; this is why they come out as they do, and where it is nothing the costs stand alone.
 *
 * @param flags strongest first
 */
record MadeFor(List<Flag> flags) {

    private static final int MOST_NAMED = 4;

    MadeFor {
        flags = List.copyOf(flags);
    }

    static MadeFor of(AllocatorTraits traits, FlagSet raised) {
        return new MadeFor(raised.strongestFirst().stream()
                .filter(flag -> flag.strength() >= FlagSet.PLAIN_STRENGTH)
                .map(FlagEvidence::flag)
                .filter(traits.suits()::contains)
                .toList());
    }

    boolean isNothing() {
        return flags.isEmpty();
    }

    /** {@code made for what is seen here: BULK_FREE, SHORT_LIVED, SMALL}. */
    String sentence() {
        return isNothing()
                ? "made for nothing of what is seen here: chosen by its costs alone"
                : "made for what is seen here: "
                        + flags.stream().limit(MOST_NAMED).map(Flag::name).collect(Collectors.joining(", "));
    }
}
