// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.FrameStacks;
import dev.metalloc.agent.runtime.FreeMemoryWatch;
import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.agent.runtime.ServedEntry;
import dev.metalloc.agent.runtime.ServedSite;
import dev.metalloc.agent.runtime.ServedSites;
import dev.metalloc.agent.train.HookGroup;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.ChunkSource;
import dev.metalloc.policy.plan.ExpectedUse;
import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A plan's allocators, made and ready for the hooks.
 *
 * <p>Sizes between two rules of an entry point go to the upper rule's allocator, or to the JDK where that rule leaves its own there.
 */
final class Dispatch {

    /** Memory of one thread's frames where the plan states none. */
    private static final long DEFAULT_FRAME_BYTES = 1L << 20;

    private final Map<EntryPoint, ServedEntry> entries;
    private final @Nullable FrameStacks frames;
    private final @Nullable ServedSites sites;
    private final boolean closesDeferred;
    private final List<WatchedUse> uses;

    private Dispatch(
            Map<EntryPoint, ServedEntry> entries,
            @Nullable FrameStacks frames,
            @Nullable ServedSites sites,
            boolean closesDeferred,
            List<WatchedUse> uses) {
        this.entries = entries;
        this.frames = frames;
        this.sites = sites;
        this.closesDeferred = closesDeferred;
        this.uses = uses;
    }

    /**
     * Makes the allocators.
     *
     * @throws IllegalArgumentException naming an allocator or parameter that is unknown or wrong
     */
    static Dispatch of(Plan plan, SitePlan sitePlan, ChunkSource source) {
        Map<EntryPoint, List<PlanRule>> rules = new EnumMap<>(EntryPoint.class);
        FrameStacks frames = null;
        boolean closesDeferred = true;
        List<WatchedUse> uses = new ArrayList<>();
        for (PlanRule rule : plan.rules()) {
            if (!rule.isForAllSites() || !PlanRule.isServed(rule.entryPoint())) {
                continue;
            }
            if (rule.isForFrames()) {
                frames = frames(rule, source);
                uses.add(WatchedUse.frames(EntryPoint.ARENA_CONFINED + " (frames)", frames, rule.expected()));
            } else {
                closesDeferred &= rule.isLeave() || SharedArenaRule.closesDeferred(rule);
                List<PlanRule> ofEntryPoint = rules.get(rule.entryPoint());
                if (ofEntryPoint == null) {
                    ofEntryPoint = new ArrayList<>();
                    rules.put(rule.entryPoint(), ofEntryPoint);
                }
                ofEntryPoint.add(rule);
            }
        }
        Map<EntryPoint, ServedEntry> entries = new EnumMap<>(EntryPoint.class);
        for (Map.Entry<EntryPoint, List<PlanRule>> entry : rules.entrySet()) {
            SizeBands bands = SizeBands.of(entry.getValue());
            if (!bands.isEmpty()) {
                entries.put(entry.getKey(), entry(entry.getKey().name(), bands, source, uses));
            }
        }
        ServedSites sites = sitePlan.isEmpty() ? null : sites(sitePlan, source, uses);
        return new Dispatch(
                entries, frames, sites, closesDeferred && entries.containsKey(EntryPoint.ARENA_SHARED), uses);
    }

    private static FrameStacks frames(PlanRule rule, ChunkSource source) {
        long wished = rule.spec().longParameter("frameBytes", DEFAULT_FRAME_BYTES);
        long page = source.pageByteSize();
        long frameBytes = Math.max(page, (wished + page - 1) / page * page);
        return new FrameStacks(source, frameBytes, rule.maxByteSize());
    }

    private static ServedEntry entry(String name, SizeBands bands, ChunkSource source, List<WatchedUse> uses) {
        OffHeapAllocator[] parts = bands.parts(source);
        List<PlanRule> rules = bands.rules();
        ServedEntry entry = new ServedEntry(
                joinedNames(parts),
                bands.whole(parts),
                parts[0],
                rules.get(0).minByteSize(),
                rules.get(0).maxByteSize(),
                rules.get(parts.length - 1).maxByteSize());
        watch(name, entry, rules, parts, uses);
        return entry;
    }

    private static String joinedNames(OffHeapAllocator[] parts) {
        StringBuilder names = new StringBuilder();
        for (OffHeapAllocator part : parts) {
            names.append(names.isEmpty() ? "" : "+").append(part.traits().name());
        }
        return names.toString();
    }

    private static ServedSites sites(SitePlan plan, ChunkSource source, List<WatchedUse> uses) {
        List<ServedSite> sites = new ArrayList<>();
        int[] numbers = new int[plan.sites().size()];
        for (SiteRules rules : plan.sites()) {
            SizeBands served = SizeBands.of(rules.served());
            ServedEntry entry = served.isEmpty() ? null : entry(rules.toString(), served, source, uses);
            numbers[sites.size()] = rules.number();
            sites.add(new ServedSite(rules.entryPoint(), rules.method(), entry, rules.leftSizes()));
        }
        return new ServedSites(sites, numbers, plan.largestNumber());
    }

    private static void watch(
            String name, ServedEntry entry, List<PlanRule> rules, OffHeapAllocator[] parts, List<WatchedUse> uses) {
        double share = 0;
        for (int i = 0; i < parts.length; i++) {
            if (rules.get(i).isLeave()) {
                continue;
            }
            ExpectedUse expected = rules.get(i).expected();
            share = share < 0 || expected.share() < 0 ? -1 : Math.min(1, share + expected.share());
            if (!expected.isUnknown()) {
                uses.add(WatchedUse.rule(name, entry, parts[i], expected));
            }
        }
        if (share >= 0) {
            uses.add(WatchedUse.sizes(name, entry, share));
        }
    }

    /**
     * Allocates, zeroes and frees once through everything, before an application can: all that is linked or initialised
     * late is so now, and outside of any hook.
     *
     * @throws IllegalStateException where something does not serve
     */
    void selfTest() {
        for (Map.Entry<EntryPoint, ServedEntry> entry : entries.entrySet()) {
            selfTest(entry.getKey().name(), entry.getValue());
        }
        for (ServedEntry entry : siteEntries()) {
            selfTest("a site", entry);
        }
        if (frames != null) {
            frames.selfTest();
        }
    }

    private static void selfTest(String name, ServedEntry entry) {
        long address = entry.allocate(entry.minByteSize());
        if (address == 0) {
            throw new IllegalStateException(name + ": the allocator serves nothing");
        }
        if (!entry.free(address)) {
            throw new IllegalStateException(name + ": the allocator does not take its block back");
        }
        entry.start();
    }

    private List<ServedEntry> siteEntries() {
        List<ServedEntry> found = new ArrayList<>();
        for (ServedSite site : sites == null ? List.<ServedSite>of() : sites.sites()) {
            ServedEntry entry = site.entry();
            if (entry != null) {
                found.add(entry);
            }
        }
        return found;
    }

    /** What serves, beside what was expected of it. */
    List<WatchedUse> uses() {
        return uses;
    }

    /** Whether closed shared arenas are to wait for the release of their memory. */
    boolean closesDeferred() {
        return closesDeferred;
    }

    /** The frames of confined arenas, or null where the plan has none. */
    @Nullable
    FrameStacks frames() {
        return frames;
    }

    /** One for each allocator but the frames. */
    List<FreeMemoryWatch> watches(int looksPerDelay) {
        List<FreeMemoryWatch> watches = new ArrayList<>();
        for (ServedEntry entry : entries.values()) {
            watches.add(entry.watch(looksPerDelay));
        }
        for (ServedEntry entry : siteEntries()) {
            watches.add(entry.watch(looksPerDelay));
        }
        return watches;
    }

    /** Hands the allocators whose hooks will be there to the hooks. */
    void publish(PlanHooks hooks) {
        RunState.sites = sites;
        RunState.netty = entries.get(EntryPoint.NETTY);
        RunState.arrow = entries.get(EntryPoint.ARROW);
        if (hooks.has(HookGroup.UNSAFE)) {
            RunState.unsafe = entries.get(EntryPoint.UNSAFE);
        }
        if (hooks.has(HookGroup.DIRECT_BUFFER)) {
            RunState.directBuffer = entries.get(EntryPoint.DIRECT_BUFFER);
        }
        if (hooks.has(HookGroup.SEGMENT)) {
            RunState.sharedArena = entries.get(EntryPoint.ARENA_SHARED);
            RunState.confinedArena = entries.get(EntryPoint.ARENA_CONFINED);
            RunState.automaticArena = entries.get(EntryPoint.ARENA_AUTO);
        }
        if (hooks.has(HookGroup.DOWNCALL)) {
            RunState.mallocDowncall = entries.get(EntryPoint.MALLOC_DOWNCALL);
        }
        if (hooks.has(HookGroup.ARENA)) {
            RunState.frames = frames;
        }
    }
}
