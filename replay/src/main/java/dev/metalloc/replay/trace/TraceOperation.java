// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.trace;

/** What an event of a trace does, in the order of its code in the file. */
public enum TraceOperation {
    ALLOCATE,
    FREE,
    REALLOCATE,
    TIME
}
