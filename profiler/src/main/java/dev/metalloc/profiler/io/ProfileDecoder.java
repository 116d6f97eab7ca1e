// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.io;

import dev.metalloc.profiler.api.AllocationBurst;
import dev.metalloc.profiler.api.ArenaShapes;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.Callers;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.HeapUse;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ProfileMode;
import dev.metalloc.profiler.api.ProfilerCost;
import dev.metalloc.profiler.api.RangePeaks;
import dev.metalloc.profiler.api.RunInfo;
import dev.metalloc.profiler.api.ThreadCounts;
import dev.metalloc.profiler.api.ThreadSummary;
import dev.metalloc.profiler.api.ThreadTurns;
import dev.metalloc.profiler.api.TimePoint;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns the sections of a file whose checksum is right into a profile; used once. The mirror of {@link ProfileEncoder}. */
final class ProfileDecoder {
    private static final int MAX_LOG2 = 62;
    private static final int LEAST_HISTOGRAM_BYTES = 41;

    private final MemoryBudget budget = new MemoryBudget();
    private final Map<Integer, ByteBuffer> sections = new HashMap<>();
    private final String[] strings;

    private ProfileDecoder(ByteBuffer content) throws ProfileFormatException {
        ProfileInput in = new ProfileInput(content, new String[0], budget);
        while (!in.isAtEnd()) {
            int name = in.int32();
            if (sections.put(name, in.slice(in.int32())) != null) {
                throw ProfileInput.damaged("a section occurs twice");
            }
        }
        strings = strings();
    }

    static Profile decode(ByteBuffer content) throws ProfileFormatException {
        return new ProfileDecoder(content).profile();
    }

    private Profile profile() throws ProfileFormatException {
        ProfileInput threads = section(ProfileFormat.THREADS);
        ThreadCounts threadCounts = new ThreadCounts(threads.varint(), threads.varint(), threads.varint());
        ProfileInput cost = section(ProfileFormat.COST);
        return new Profile(
                run(section(ProfileFormat.RUN)),
                withCallers(withTimeLines(withNativeFrees(
                        withBursts(withRangePeaks(withChains(entryPoints(section(ProfileFormat.ENTRY_POINTS)))))))),
                SiteDecoder.withBehaviour(
                        SiteDecoder.sites(section(ProfileFormat.SITES)),
                        laterSection(ProfileFormat.SITE_BEHAVIOUR),
                        budget),
                withTurns(withHistograms(threads(threads))),
                threadCounts,
                timeLine(section(ProfileFormat.TIME_LINE)),
                cost.zigzag(),
                cost(cost),
                heaps(laterSection(ProfileFormat.HEAPS)));
    }

    private static Optional<HeapUse> heaps(@Nullable ProfileInput in) throws ProfileFormatException {
        return in == null ? Optional.empty() : Optional.of(new HeapUse(in.varint(), in.varint()));
    }

    /** The first files end before the last two. */
    private static ProfilerCost cost(ProfileInput in) throws ProfileFormatException {
        return new ProfilerCost(
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.isAtEnd() ? 0 : in.varint(),
                in.isAtEnd() ? 0 : in.varint());
    }

    private ProfileInput section(int name) throws ProfileFormatException {
        ByteBuffer content = sections.get(name);
        if (content == null) {
            throw ProfileInput.damaged("section " + ProfileFormat.name(name) + " is missing");
        }
        return new ProfileInput(content, strings, budget);
    }

    /** Null in files of before. */
    private @Nullable ProfileInput laterSection(int name) {
        ByteBuffer content = sections.get(name);
        return content == null ? null : new ProfileInput(content, strings, budget);
    }

    private String[] strings() throws ProfileFormatException {
        ByteBuffer content = sections.get(ProfileFormat.STRINGS);
        if (content == null) {
            throw ProfileInput.damaged("section STRS is missing");
        }
        ProfileInput in = new ProfileInput(content, new String[0], budget);
        String[] read = new String[in.count(1)];
        for (int i = 0; i < read.length; i++) {
            read[i] = in.stringContent();
        }
        return read;
    }

    private static RunInfo run(ProfileInput in) throws ProfileFormatException {
        return new RunInfo(
                in.string(),
                in.string(),
                in.constant(ProfileMode.class),
                in.zigzag(),
                in.varint(),
                in.int32Varint(),
                in.varint() != 0,
                list(in, 1, ProfileInput::string));
    }

    private static List<EntryPointProfile> entryPoints(ProfileInput in) throws ProfileFormatException {
        return list(
                in,
                100,
                entry -> new EntryPointProfile(
                        entry.constant(EntryPoint.class),
                        list(entry, 90, ProfileDecoder::band),
                        entry.histogram(),
                        entry.zigzag(),
                        entry.varint(),
                        entry.varint(),
                        arenas(entry)));
    }

    private static BandProfile band(ProfileInput in) throws ProfileFormatException {
        return new BandProfile(
                log2(in),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.zigzag(),
                in.histogram(),
                in.histogram());
    }

    private static ArenaShapes arenas(ProfileInput in) throws ProfileFormatException {
        return new ArenaShapes(
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.histogram(),
                in.histogram());
    }

    private List<ThreadSummary> threads(ProfileInput in) throws ProfileFormatException {
        return list(in, 5, this::thread);
    }

    private ThreadSummary thread(ProfileInput in) throws ProfileFormatException {
        budget.takeEmptyHistograms(2, ThreadSummary.HISTOGRAM_DIGITS);
        return new ThreadSummary(in.string(), in.varint(), in.varint(), in.varint(), in.varint());
    }

    /** Files of before have no such section. */
    private List<EntryPointProfile> withChains(List<EntryPointProfile> entryPoints) throws ProfileFormatException {
        ProfileInput in = laterSection(ProfileFormat.CHAINS);
        if (in == null) {
            return entryPoints;
        }
        checkCount(in.count(LEAST_HISTOGRAM_BYTES), entryPoints.size(), ProfileFormat.CHAINS);
        List<EntryPointProfile> whole = new ArrayList<>(entryPoints.size());
        for (EntryPointProfile entryPoint : entryPoints) {
            whole.add(entryPoint.with(in.histogram(), entryPoint.rangePeaks(), entryPoint.bursts()));
        }
        return whole;
    }

    private List<EntryPointProfile> withRangePeaks(List<EntryPointProfile> entryPoints) throws ProfileFormatException {
        ProfileInput in = laterSection(ProfileFormat.RANGE_PEAKS);
        if (in == null) {
            return entryPoints;
        }
        checkCount(in.count(1), entryPoints.size(), ProfileFormat.RANGE_PEAKS);
        List<EntryPointProfile> whole = new ArrayList<>(entryPoints.size());
        for (EntryPointProfile entryPoint : entryPoints) {
            whole.add(entryPoint.with(entryPoint.reallocateChains(), rangePeaks(in), entryPoint.bursts()));
        }
        return whole;
    }

    private RangePeaks rangePeaks(ProfileInput in) throws ProfileFormatException {
        int count = in.elements(1);
        if (count > MAX_LOG2 + 1) {
            throw ProfileInput.damaged(count + " bands (expected: at most " + (MAX_LOG2 + 1) + ")");
        }
        List<Integer> log2s = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            log2s.add(log2(in));
        }
        budget.takeElements(RangePeaks.runs(count));
        List<Long> peaks = new ArrayList<>(RangePeaks.runs(count));
        for (int i = 0; i < RangePeaks.runs(count); i++) {
            peaks.add(in.zigzag());
        }
        try {
            return new RangePeaks(log2s, peaks);
        } catch (IllegalArgumentException e) {
            throw ProfileInput.damaged(String.valueOf(e.getMessage()));
        }
    }

    private List<EntryPointProfile> withBursts(List<EntryPointProfile> entryPoints) throws ProfileFormatException {
        ProfileInput in = laterSection(ProfileFormat.BURSTS);
        if (in == null) {
            return entryPoints;
        }
        checkCount(in.count(1), entryPoints.size(), ProfileFormat.BURSTS);
        List<EntryPointProfile> whole = new ArrayList<>(entryPoints.size());
        for (EntryPointProfile entryPoint : entryPoints) {
            int count = in.elements(2);
            if (count > AllocationBurst.MOST) {
                throw ProfileInput.damaged(count + " bursts (expected: at most " + AllocationBurst.MOST + ")");
            }
            List<AllocationBurst> bursts = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                bursts.add(burst(in));
            }
            whole.add(entryPoint.with(entryPoint.reallocateChains(), entryPoint.rangePeaks(), bursts));
        }
        return whole;
    }

    private List<EntryPointProfile> withNativeFrees(List<EntryPointProfile> entryPoints) throws ProfileFormatException {
        ProfileInput in = laterSection(ProfileFormat.NATIVE_FREES);
        if (in == null) {
            return entryPoints;
        }
        checkCount(in.count(1), entryPoints.size(), ProfileFormat.NATIVE_FREES);
        List<EntryPointProfile> whole = new ArrayList<>(entryPoints.size());
        for (EntryPointProfile entryPoint : entryPoints) {
            whole.add(entryPoint.withNativeFrees(in.varint()));
        }
        return whole;
    }

    private List<EntryPointProfile> withTimeLines(List<EntryPointProfile> entryPoints) throws ProfileFormatException {
        ProfileInput in = laterSection(ProfileFormat.ENTRY_TIME_LINES);
        if (in == null) {
            return entryPoints;
        }
        checkCount(in.count(1), entryPoints.size(), ProfileFormat.ENTRY_TIME_LINES);
        List<EntryPointProfile> whole = new ArrayList<>(entryPoints.size());
        for (EntryPointProfile entryPoint : entryPoints) {
            whole.add(entryPoint.withTimeLine(timeLine(in)));
        }
        return whole;
    }

    private List<EntryPointProfile> withCallers(List<EntryPointProfile> entryPoints) throws ProfileFormatException {
        ProfileInput in = laterSection(ProfileFormat.CALLERS);
        if (in == null) {
            return entryPoints;
        }
        checkCount(in.count(1), entryPoints.size(), ProfileFormat.CALLERS);
        List<EntryPointProfile> whole = new ArrayList<>(entryPoints.size());
        for (EntryPointProfile entryPoint : entryPoints) {
            whole.add(entryPoint.with(in.constant(Callers.class)));
        }
        return whole;
    }

    private static AllocationBurst burst(ProfileInput in) throws ProfileFormatException {
        long startBytes = in.varint();
        int count = in.elements(3);
        if (count > AllocationBurst.MOST_BLOCKS) {
            throw ProfileInput.damaged(count + " blocks (expected: at most " + AllocationBurst.MOST_BLOCKS + ")");
        }
        List<AllocationBurst.Block> blocks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long size = in.varint();
            long lifetime = in.varint();
            int rank = in.int32Varint();
            blocks.add(new AllocationBurst.Block(
                    size >>> 1, (lifetime >>> 1) - 1, rank, (size & 1) != 0, (lifetime & 1) != 0));
        }
        return new AllocationBurst(startBytes, blocks);
    }

    private static int log2(ProfileInput in) throws ProfileFormatException {
        int log2 = in.int32Varint();
        if (log2 > MAX_LOG2) {
            throw ProfileInput.damaged("band " + log2 + " (expected: 0 to " + MAX_LOG2 + ")");
        }
        return log2;
    }

    private List<ThreadSummary> withHistograms(List<ThreadSummary> threads) throws ProfileFormatException {
        ProfileInput in = laterSection(ProfileFormat.THREAD_HISTOGRAMS);
        if (in == null) {
            return threads;
        }
        checkCount(in.count(2 * LEAST_HISTOGRAM_BYTES), threads.size(), ProfileFormat.THREAD_HISTOGRAMS);
        List<ThreadSummary> whole = new ArrayList<>(threads.size());
        for (ThreadSummary thread : threads) {
            whole.add(new ThreadSummary(
                    thread.name(),
                    thread.allocateCount(),
                    thread.allocateBytes(),
                    thread.freeCount(),
                    thread.remoteFreeCount(),
                    in.histogram(),
                    in.histogram(),
                    thread.turns()));
        }
        return whole;
    }

    private List<ThreadSummary> withTurns(List<ThreadSummary> threads) throws ProfileFormatException {
        ProfileInput in = laterSection(ProfileFormat.THREAD_TURNS);
        if (in == null) {
            return threads;
        }
        checkCount(in.count(2), threads.size(), ProfileFormat.THREAD_TURNS);
        List<ThreadSummary> whole = new ArrayList<>(threads.size());
        for (ThreadSummary thread : threads) {
            whole.add(thread.with(new ThreadTurns(in.varint(), in.varint())));
        }
        return whole;
    }

    static void checkCount(int count, int expected, int section) throws ProfileFormatException {
        if (count != expected) {
            throw ProfileInput.damaged("section " + ProfileFormat.name(section) + " has " + count
                    + " entries (expected: " + expected + ")");
        }
    }

    private static List<TimePoint> timeLine(ProfileInput in) throws ProfileFormatException {
        int count = in.elements(4);
        List<TimePoint> points = new ArrayList<>(count);
        TimePoint before = new TimePoint(0, 0, 0, 0);
        for (int i = 0; i < count; i++) {
            before = new TimePoint(
                    before.elapsedMillis() + in.zigzag(),
                    before.liveBytes() + in.zigzag(),
                    before.allocatedBytes() + in.zigzag(),
                    before.allocatedCount() + in.zigzag());
            points.add(before);
        }
        return points;
    }

    static <T> List<T> list(ProfileInput in, int leastBytesEach, ElementDecoder<T> element)
            throws ProfileFormatException {
        int count = in.elements(leastBytesEach);
        List<T> elements = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            elements.add(element.decode(in));
        }
        return elements;
    }

    interface ElementDecoder<T> {
        T decode(ProfileInput in) throws ProfileFormatException;
    }
}
