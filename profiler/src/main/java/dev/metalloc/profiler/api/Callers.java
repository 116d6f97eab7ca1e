// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

/** Whose handles of the C library's malloc and free were called. */
public enum Callers {
    /** Not told: by files of before, and of entry points that are no functions of the C library. */
    UNKNOWN,
    /** Of classes alone that free all that they allocate by handles of their own; run mode knows them by name. */
    KEEPERS,
    /** Of others too, whose blocks may come from native code or go there. */
    OTHERS;

    /** Whose they were in two profiles. */
    public static Callers of(Callers a, Callers b) {
        if (a == b) {
            return a;
        }
        return a == OTHERS || b == OTHERS ? OTHERS : UNKNOWN;
    }
}
