// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import java.util.Locale;

/** What a choice is to be good at. */
public enum Objective {
    /** The least time that a quarter more memory can buy, or 16 MiB: little beside a JVM. */
    TIME(1.25, 16L << 20),
    /** The least memory; among equals the least time. */
    MEMORY(1.0, 0),
    /** The least time that takes no more memory than a general-purpose allocator would. */
    BALANCED(1.05, 0);

    private final double memoryRatio;
    private final long memoryBytes;

    Objective(double memoryRatio, long memoryBytes) {
        this.memoryRatio = memoryRatio;
        this.memoryBytes = memoryBytes;
    }

    /** How much may be held where a general-purpose allocator would hold so much. */
    public double allowedBytes(double generalPurposeBytes) {
        return generalPurposeBytes * memoryRatio + memoryBytes;
    }

    /**
     * The one of a label.
     *
     * @throws IllegalArgumentException where there is none
     */
    public static Objective of(String label) {
        for (Objective each : values()) {
            if (each.label().equals(label)) {
                return each;
            }
        }
        throw new IllegalArgumentException("objective: '" + label + "' (expected: time, memory or balanced)");
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
