// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.Flag;
import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.classifier.cost.MemoryModel;
import dev.metalloc.classifier.features.ApplicationFeatures;
import dev.metalloc.classifier.features.BandFeatures;
import dev.metalloc.classifier.features.EntryPointFeatures;
import dev.metalloc.classifier.flags.FlagRaiser;
import dev.metalloc.classifier.flags.FlagSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Matches candidates' traits with what the blocks of a group do, and weighs frames. Immutable. */
final class OptionWeigher {

    // Frames are held whole: more than a quarter above the JDK's peak is too much to pay for time, but small programs
    // may
    // take 16 MiB all the same.
    private static final double MAX_PEAK_RATIO = 1.25;
    private static final long FREE_PEAK_BYTES = 16L << 20;
    // Frames nest: an arena that outlives a newer one keeps that one's memory.
    private static final double MAX_OUT_OF_ORDER_RATIO = 0.1;

    private final List<AllocatorTraits> candidates;
    private final CostModel costs;
    private final MemoryModel memory;

    OptionWeigher(List<AllocatorTraits> candidates, CostModel costs) {
        this.candidates = candidates.stream()
                .sorted(Comparator.comparing(AllocatorTraits::name))
                .toList();
        this.costs = costs;
        this.memory = new MemoryModel(costs);
    }

    /** What can serve a group as frames. */
    Weighing frames(ApplicationFeatures application, EntryPointFeatures entryPoint, BandGroup group) {
        FlagSet flags = FlagRaiser.band(application, group.features());
        List<Option> options = new ArrayList<>();
        List<String> rejections = new ArrayList<>();
        for (AllocatorTraits traits : candidates) {
            String rejection = rejection(traits, entryPoint, group, flags);
            if (rejection.isEmpty()) {
                Option option = frame(traits, application, entryPoint, group);
                rejection = memoryRejection(option, group.features());
                if (rejection.isEmpty()) {
                    options.add(option);
                }
            }
            if (!rejection.isEmpty()) {
                rejections.add(traits.name() + ": " + rejection);
            }
        }
        return new Weighing(options, rejections);
    }

    /** Why each candidate that must not get a group must not. */
    List<String> rejections(ApplicationFeatures application, EntryPointFeatures entryPoint, BandGroup group) {
        FlagSet flags = FlagRaiser.band(application, group.features());
        List<String> rejections = new ArrayList<>();
        for (AllocatorTraits traits : candidates) {
            String rejection = rejection(traits, entryPoint, group, flags);
            if (!rejection.isEmpty()) {
                rejections.add(traits.name() + ": " + rejection);
            }
        }
        return rejections;
    }

    private String rejection(AllocatorTraits traits, EntryPointFeatures entryPoint, BandGroup group, FlagSet flags) {
        boolean frames = group.zone().service() == Zone.Service.FRAMES;
        BandFeatures band = group.features();
        if (group.zone().service() == Zone.Service.NOTHING) {
            return "nothing serves such sizes";
        }
        if (frames == traits.freesSingleBlocks()) {
            return frames ? "not freed as a whole" : "cannot free single blocks";
        }
        if (!frames && !costs.knows(traits.name())) {
            return "its cost is not known";
        }
        if (!traits.serves(band.maxByteSize(), band.maxByteAlignment())
                || Math.max(1, band.minByteSize()) < traits.minByteSize()) {
            return "does not serve " + Figures.bytes(band.minByteSize()) + " to " + Figures.bytes(band.maxByteSize())
                    + " aligned to " + band.maxByteAlignment();
        }
        // Those of virtual threads have frames to themselves, and come first among what closes out of order.
        if (frames && entryPoint.outOfOrderCloseRatio() - entryPoint.virtualThreadRatio() > MAX_OUT_OF_ORDER_RATIO) {
            return Figures.percent(entryPoint.outOfOrderCloseRatio()) + " of the arenas outlive one opened later";
        }
        // A frame dies with its arena, so what traits forbid about the order and the lifetimes of single blocks cannot
        // hurt it.
        return frames ? "" : forbiddingFlag(traits, flags);
    }

    /** What a candidate is made for of that which a group's blocks do. */
    MadeFor madeFor(String name, ApplicationFeatures application, BandGroup group) {
        return MadeFor.of(candidate(name), FlagRaiser.band(application, group.features()));
    }

    /** What it costs to make a candidate. */
    long setUpNanos(String name) {
        return candidate(name).setUpNanos();
    }

    private AllocatorTraits candidate(String name) {
        return candidates.stream()
                .filter(traits -> traits.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("name: " + name + " (expected: a candidate's)"));
    }

    /** Whether a candidate must not get blocks that do what the flags say. */
    boolean isForbidden(String name, FlagSet flags) {
        return candidates.stream()
                .filter(traits -> traits.name().equals(name))
                .anyMatch(traits -> !forbiddingFlag(traits, flags).isEmpty());
    }

    private static String forbiddingFlag(AllocatorTraits traits, FlagSet flags) {
        return traits.mustNotGet().stream()
                .sorted()
                .filter(flag -> flags.strength(flag) >= FlagSet.PLAIN_STRENGTH)
                .findFirst()
                .map((Flag flag) -> "not for " + flag + " (" + flags.evidence(flag) + ")")
                .orElse("");
    }

    private String memoryRejection(Option option, BandFeatures band) {
        long before = memory.jdkPeakBytes(band);
        if (option.peakBytes() <= Math.max(MAX_PEAK_RATIO * before, (double) (before + FREE_PEAK_BYTES))) {
            return "";
        }
        return "would hold " + Figures.bytes(option.peakBytes()) + " at the peak instead of " + Figures.bytes(before);
    }

    private Option frame(
            AllocatorTraits traits, ApplicationFeatures application, EntryPointFeatures entryPoint, BandGroup group) {
        long frameBytes = FrameBytes.of(entryPoint, group.features());
        return new Option(
                traits.name(),
                Map.of("frameBytes", String.valueOf(frameBytes)),
                costs.frameNanos(entryPoint, group.features()),
                memory.framePeakBytes(frameBytes, application.activeThreadCount())
                        + memory.lentFramePeakBytes(entryPoint),
                group.zone().maxByteSize(),
                "frames of " + Figures.bytes(frameBytes) + " hold 999 of 1000 arenas");
    }

    double jdkNanos(EntryPointFeatures entryPoint, BandGroup group) {
        return costs.jdkNanos(entryPoint, group.features());
    }

    long jdkPeakBytes(BandGroup group) {
        return memory.jdkPeakBytes(group.features());
    }

    double arenaCloseNanos(EntryPointFeatures entryPoint) {
        return costs.arenaCloseNanos(entryPoint.entryPoint());
    }

    double servedCloseNanos(EntryPointFeatures entryPoint) {
        return costs.servedCloseNanos(entryPoint);
    }

    double errorLog(EntryPointFeatures entryPoint) {
        return costs.errorLog(entryPoint.entryPoint());
    }
}
