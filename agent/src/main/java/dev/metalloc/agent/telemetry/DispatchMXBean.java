// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.telemetry;

/** What serves the application now: {@code dev.metalloc:type=Dispatch}. Figures are read racily; sizes are in bytes. */
public interface DispatchMXBean {

    /** Whether memory is still handed out; false where the JDK serves everything: after an internal error, or a detach. */
    boolean isAllocating();

    /** The internal error, or an empty text. */
    String getFailure();

    /** Memory taken from the system and not given back. */
    long getCommittedBytes();

    long getPeakCommittedBytes();

    /** Memory given back because it was idle. */
    long getPurgedBytes();

    /** Frees of addresses in our range where no block was live. */
    long getRefusedFreeCount();

    /** Shared arenas whose memory was released after their close had returned. */
    long getDeferredCloseCount();

    /** What went back to the JDK because it departed from its profile, and how; a line each. */
    String[] getDrifts();

    /**
     * One for each entry point served, and one called {@code frames} for the frames of confined arenas, then one for each site that has an
     * allocator of its own.
     */
    AllocatorUsage[] getAllocators();
}
