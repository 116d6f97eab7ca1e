// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

/** How much of each allocation is recorded; the counts and bytes of allocations are exact in both. */
public enum ProfileMode {
    /**
     * Lifetimes and free order are those of a byte-Poisson sample of the blocks, call sites those of a thinner one, with
     * the weight stated. The number of frees is exact, their share in each size band and the live bytes are estimates.
     */
    SAMPLED,
    /** Every block is followed and its call site taken. */
    FULL
}
