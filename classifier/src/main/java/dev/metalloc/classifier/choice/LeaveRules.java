// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.allocators.api.Flag;
import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.features.ApplicationFeatures;
import dev.metalloc.classifier.features.BandFeatures;
import dev.metalloc.classifier.features.EntryPointFeatures;
import dev.metalloc.classifier.flags.FlagRaiser;
import dev.metalloc.profiler.api.Callers;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import java.util.Optional;

/** When an entry point is left as it is, whatever an allocator would cost. */
final class LeaveRules {

    /** Fewer allocations than this are start-up noise. */
    static final long MIN_ALLOCATE_COUNT = 1000;
    /** Above this, somebody frees what we did not see allocated, and might free what was not ours to give. */
    static final double MAX_UNKNOWN_FREE_RATIO = 0.01;

    private static final double LOW_RATE_STRENGTH = 0.5;

    private LeaveRules() {}

    /**
     * A reason to leave all of an entry point.
     *
     * @param certain whether more events could not change it
     */
    record Leave(String reason, boolean certain) {}

    static Optional<Leave> of(ApplicationFeatures application, EntryPointFeatures entryPoint) {
        String undispatched = undispatched(application, entryPoint.profile());
        if (!undispatched.isEmpty()) {
            return Optional.of(new Leave(undispatched, true));
        }
        long nativeFrees = entryPoint.profile().nativeFreeCount();
        if (isForAnyFree(entryPoint.entryPoint()) && nativeFrees > 0) {
            return Optional.of(new Leave(
                    "native code frees or resizes blocks of it (seen " + Figures.count(nativeFrees)
                            + " times among the followed ones): the C library must have given them out",
                    true));
        }
        BandFeatures all = entryPoint.all();
        if (all.allocateCount() < MIN_ALLOCATE_COUNT) {
            return leave("only " + Figures.count(all.allocateCount()) + " seen, too few to choose by (expected: "
                    + Figures.count(MIN_ALLOCATE_COUNT) + " or more)");
        }
        if (isForAnyFree(entryPoint.entryPoint()) && all.unknownFreeRatio() > MAX_UNKNOWN_FREE_RATIO) {
            return leave(Figures.percent(all.unknownFreeRatio())
                    + " of the frees are of blocks whose allocation was not seen: their owner is unknown");
        }
        if (FlagRaiser.band(application, all).strength(Flag.LOW_RATE) >= LOW_RATE_STRENGTH) {
            return leave(Figures.count(all.allocatesPerSecond())
                    + " allocations/s are too few for any allocator to show in the run's time");
        }
        return Optional.empty();
    }

    private static Optional<Leave> leave(String reason) {
        return Optional.of(new Leave(reason, false));
    }

    /** Whether whoever holds an address may hand it to any free. */
    private static boolean isForAnyFree(EntryPoint entryPoint) {
        return entryPoint == EntryPoint.UNSAFE || entryPoint == EntryPoint.MALLOC_DOWNCALL;
    }

    private static String undispatched(ApplicationFeatures application, EntryPointProfile profile) {
        return switch (profile.entryPoint()) {
            case ARENA_AUTO -> "automatic arenas are freed by the collector, not by the program: not dispatched";
            case ARENA_GLOBAL -> "the global arena never frees: there is nothing to allocate better";
            case MALLOC_DOWNCALL -> ofMalloc(profile.callers());
            case MAPPED_FILE -> "a mapped file is the system's memory: observed, never dispatched";
            case NETTY, ARROW -> ofLibrary(application, profile.entryPoint());
            case ARENA_CONFINED, ARENA_SHARED, DIRECT_BUFFER, UNSAFE -> "";
        };
    }

    private static String ofMalloc(Callers callers) {
        String danger =
                "blocks of malloc may be freed or resized by native code, which would not find them in an allocator of ours";
        return switch (callers) {
            case KEEPERS -> "";
            case OTHERS ->
                danger
                        + ": not only classes that keep their blocks to themselves (Netty's cleaner, Infinispan's off-heap memory) call malloc and free here";
            case UNKNOWN -> danger + ": the profile does not say who calls malloc and free here (profile it again)";
        };
    }

    private static String ofLibrary(ApplicationFeatures application, EntryPoint library) {
        return UnpooledBuffers.of(
                        library,
                        application.entryPoints().stream()
                                .map(EntryPointFeatures::profile)
                                .toList())
                .map(buffers -> "the library asks for memory for each of its "
                        + Figures.count(buffers.library().allocateCount()) + " buffers itself, through "
                        + buffers.backing().entryPoint() + ": what is said of that holds for them")
                .orElse("the library pools its buffers itself: its own allocator stays");
    }
}
