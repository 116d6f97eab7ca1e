// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.flags;

import dev.metalloc.allocators.api.Flag;
import dev.metalloc.classifier.FlagEvidence;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Flags with their strengths; those not raised count as 0. Filled by one thread, then only read. */
public final class FlagSet {

    /** A flag this strong is what the program does; weaker ones are what it also does. */
    public static final double PLAIN_STRENGTH = 0.5;

    private final Map<Flag, FlagEvidence> flags = new EnumMap<>(Flag.class);

    FlagSet() {}

    void raise(Flag flag, double strength, String evidence) {
        if (strength >= Threshold.MIN_STRENGTH) {
            flags.put(flag, new FlagEvidence(flag, strength, evidence));
        }
    }

    public double strength(Flag flag) {
        FlagEvidence evidence = flags.get(flag);
        return evidence == null ? 0 : evidence.strength();
    }

    public String evidence(Flag flag) {
        FlagEvidence evidence = flags.get(flag);
        return evidence == null ? "" : evidence.evidence();
    }

    /** Strongest first; equal ones in the order of the enum. */
    public List<FlagEvidence> strongestFirst() {
        return flags.values().stream()
                .sorted(Comparator.comparingDouble((FlagEvidence flag) -> -flag.strength())
                        .thenComparing(FlagEvidence::flag))
                .toList();
    }
}
