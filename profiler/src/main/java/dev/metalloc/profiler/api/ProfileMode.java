// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

/** How much of each allocation is recorded; counts and bytes are exact in both. */
public enum ProfileMode {
    /** Call sites are taken for a byte-Poisson sample of the allocations, with the weight stated. */
    SAMPLED,
    /** The call site of every allocation is taken. */
    FULL
}
