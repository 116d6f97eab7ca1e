// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.aggregate;

import dev.metalloc.profiler.api.AllocationBurst;
import dev.metalloc.profiler.api.ArenaShapes;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.Callers;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.HeapUse;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ProfilerCost;
import dev.metalloc.profiler.api.RangePeaks;
import dev.metalloc.profiler.api.RunInfo;
import dev.metalloc.profiler.api.ThreadCounts;
import dev.metalloc.profiler.api.ThreadSummary;
import dev.metalloc.profiler.api.TimePoint;
import dev.metalloc.profiler.record.BandRow;
import dev.metalloc.profiler.record.BurstRows;
import dev.metalloc.profiler.record.EntryRow;
import dev.metalloc.profiler.record.RawSnapshot;
import dev.metalloc.profiler.record.SizeBands;
import dev.metalloc.profiler.record.ThreadRow;
import dev.metalloc.profiler.record.TotalsRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/** Makes the profile of one run from a snapshot of its recorder. */
public final class ProfileBuilder {
    /** Threads a single run's profile names; the rest is folded. */
    public static final int MAX_NAMED_THREADS = 64;

    private static final EntryPoint[] ENTRY_POINTS = EntryPoint.values();

    private final RawSnapshot snapshot;
    private final RecordingTerms terms;

    private ProfileBuilder(RawSnapshot snapshot, RecordingTerms terms) {
        this.snapshot = snapshot;
        this.terms = terms;
    }

    /** The snapshot is read, not kept. */
    public static Profile build(RawSnapshot snapshot, RunInfo run) {
        return build(snapshot, run, RecordingTerms.FROM_THE_START);
    }

    /** The same for a recorder of which more is known. */
    public static Profile build(RawSnapshot snapshot, RunInfo run, RecordingTerms terms) {
        return new ProfileBuilder(snapshot, terms).build(run);
    }

    private Profile build(RunInfo run) {
        long[] totals = snapshot.totals();
        List<EntryPointProfile> entryPoints = entryPoints();
        long peakLiveBytes = bounded(
                totals[TotalsRow.PEAK_LIVE_BYTES],
                entryPoints.stream()
                        .filter(entryPoint -> !entryPoint.entryPoint().isApart())
                        .mapToLong(EntryPointProfile::allocateBytes)
                        .sum());
        return new Profile(
                run,
                entryPoints,
                SiteProfiles.of(snapshot, entryPoints),
                threads(),
                new ThreadCounts(
                        totals[TotalsRow.THREAD_COUNT],
                        totals[TotalsRow.ENDED_THREAD_COUNT],
                        totals[TotalsRow.MAX_ALIVE_THREAD_COUNT]),
                timeLine(snapshot.timeLine()),
                peakLiveBytes,
                cost(totals),
                heaps(entryPoints, peakLiveBytes));
    }

    /**
     * Of blocks that may lie in the heaps the live bytes are known from looks alone, which miss what comes and goes between two of them; of
     * all blocks they are known better, and are the same where none was too large.
     */
    private Optional<HeapUse> heaps(List<EntryPointProfile> entryPoints, long peakLiveBytes) {
        if (terms.heapHeldBytes().isEmpty() || !terms.fromTheStart()) {
            return Optional.empty(); // heaps hold blocks from before as well
        }
        boolean areAllInHeaps = entryPoints.stream()
                .filter(entryPoint -> !entryPoint.entryPoint().isApart())
                .flatMap(entryPoint -> entryPoint.bands().stream())
                .allMatch(band -> band.maxByteSize() <= HeapUse.MAX_BLOCK_BYTES);
        return Optional.of(new HeapUse(
                terms.heapHeldBytes().getAsLong(),
                areAllInHeaps
                        ? peakLiveBytes
                        : Math.min(peakLiveBytes, snapshot.totals()[TotalsRow.PEAK_HEAP_LIVE_BYTES])));
    }

    /**
     * A peak of live bytes, of no more than was allocated: it is an estimate, what was allocated is not. Where the recorder came later,
     * blocks from before may have been among the live ones.
     */
    private long bounded(long peakLiveBytes, long allocateBytes) {
        return terms.fromTheStart() ? Math.min(peakLiveBytes, allocateBytes) : peakLiveBytes;
    }

    private ProfilerCost cost(long[] totals) {
        return new ProfilerCost(
                totals[TotalsRow.HELD_BYTES] + terms.heldBytes(),
                totals[TotalsRow.STACK_SAMPLE_COUNT],
                totals[TotalsRow.STACK_SAMPLE_NANOS],
                totals[TotalsRow.DROPPED_BLOCK_COUNT],
                totals[TotalsRow.DROPPED_SAMPLE_COUNT],
                Math.round(recordingNanos()),
                terms.backgroundNanos());
    }

    /** Of allocations and frees, but for an arena's blocks, which end in one event. */
    private double recordingNanos() {
        double nanos = 0;
        for (long[] row : snapshot.bands()) {
            long events = row[BandRow.ALLOCATE_COUNT] + row[BandRow.FOLLOWED_FREE_COUNT];
            nanos += events * nanosPerBlockEvent(row[BandRow.ENTRY_POINT]);
        }
        for (long[] row : snapshot.entryPoints()) {
            nanos += row[EntryRow.MISSED_FREE_COUNT] * nanosPerBlockEvent(row[EntryRow.ENTRY_POINT])
                    + (row[EntryRow.OPEN_COUNT] + row[EntryRow.CLOSE_COUNT]) * terms.nanosPerEvent();
        }
        return nanos;
    }

    private double nanosPerBlockEvent(long entryPoint) {
        return switch (ENTRY_POINTS[(int) entryPoint]) {
            case UNSAFE, ARENA_CONFINED -> terms.nanosPerQuickEvent();
            default -> terms.nanosPerEvent();
        };
    }

    private List<EntryPointProfile> entryPoints() {
        List<EntryPointProfile> profiles = new ArrayList<>();
        for (int i = 0; i < snapshot.entryPoints().length; i++) {
            profiles.add(entryPoint(i));
        }
        return profiles;
    }

    private EntryPointProfile entryPoint(int index) {
        long[] row = snapshot.entryPoints()[index];
        EntryPoint entryPoint = ENTRY_POINTS[(int) row[EntryRow.ENTRY_POINT]];
        List<long[]> rows = Arrays.stream(snapshot.bands())
                .filter(band -> band[BandRow.ENTRY_POINT] == row[EntryRow.ENTRY_POINT])
                .toList();
        FreeEstimate frees = entryPoint.isArena()
                ? FreeEstimate.ofArenas(rows)
                : FreeEstimate.ofBlocks(row, rows, terms.fromTheStart());
        List<BandProfile> bands = new ArrayList<>();
        Histogram sizes = Histograms.emptyForSizes();
        for (int i = 0; i < rows.size(); i++) {
            bands.add(band(rows.get(i), entryPoint, frees, i));
            addSizes(sizes, rows.get(i));
        }
        return new EntryPointProfile(
                entryPoint,
                bands,
                sizes,
                bounded(
                        row[EntryRow.PEAK_LIVE_BYTES],
                        bands.stream().mapToLong(BandProfile::allocateBytes).sum()),
                frees.unknownFreeCount(),
                row[EntryRow.VIRTUAL_ALLOCATE_COUNT],
                arenas(row, snapshot.arenaAllocations()[index], snapshot.arenaBytes()[index]),
                Histograms.chains(row),
                rangePeaks(rows, snapshot.rangePeaks()[index]),
                Arrays.stream(snapshot.bursts()[index])
                        .map(ProfileBuilder::burst)
                        .sorted()
                        .toList(),
                row[EntryRow.NATIVE_FREE_COUNT],
                timeLine(snapshot.entryTimeLines()[index]),
                callers((int) row[EntryRow.CALLERS]));
    }

    private static Callers callers(int number) {
        return switch (number) {
            case EntryRow.KEEPERS -> Callers.KEEPERS;
            case EntryRow.OTHER_CALLERS -> Callers.OTHERS;
            default -> Callers.UNKNOWN;
        };
    }

    private static AllocationBurst burst(long[] row) {
        List<AllocationBurst.Block> blocks = new ArrayList<>(BurstRows.count(row));
        for (int i = 0; i < BurstRows.count(row); i++) {
            boolean isLive = BurstRows.lifetimeBytes(row, i) == BurstRows.LIVE;
            blocks.add(new AllocationBurst.Block(
                    BurstRows.byteSize(row, i),
                    BurstRows.lifetimeBytes(row, i),
                    isLive ? 0 : BurstRows.rank(row, i),
                    BurstRows.isGrown(row, i),
                    BurstRows.grows(row, i)));
        }
        return new AllocationBurst(
                blocks.isEmpty() ? 0 : BurstRows.birthBytes(row, 0) - BurstRows.byteSize(row, 0), blocks);
    }

    /** Of the bands that were seen to hold anything. */
    private RangePeaks rangePeaks(List<long[]> rows, long[] peaks) {
        List<long[]> held = rows.stream()
                .filter(row -> peaks[SizeBands.range((int) row[BandRow.LOG2], (int) row[BandRow.LOG2])] > 0)
                .toList();
        List<Integer> log2s = held.stream().map(row -> (int) row[BandRow.LOG2]).toList();
        List<Long> known = new ArrayList<>(RangePeaks.runs(log2s.size()));
        for (int from = 0; from < log2s.size(); from++) {
            long allocateBytes = 0;
            for (int to = from; to < log2s.size(); to++) {
                allocateBytes += held.get(to)[BandRow.ALLOCATE_BYTES];
                known.add(bounded(peaks[SizeBands.range(log2s.get(from), log2s.get(to))], allocateBytes));
            }
        }
        return new RangePeaks(log2s, known);
    }

    private static void addSizes(Histogram into, long[] row) {
        Histograms.addSizes(
                into,
                row,
                BandRow.SIZES,
                (int) row[BandRow.LOG2],
                row[BandRow.MIN_BYTE_SIZE],
                row[BandRow.MAX_BYTE_SIZE]);
    }

    private BandProfile band(long[] row, EntryPoint entryPoint, FreeEstimate frees, int band) {
        boolean seen = row[BandRow.ALLOCATE_COUNT] > 0;
        // What falls as often as it rises is random; the rest has a direction.
        long rising = row[BandRow.RISING_FREE_WEIGHT];
        long falling = row[BandRow.FALLING_FREE_WEIGHT];
        return new BandProfile(
                (int) row[BandRow.LOG2],
                row[BandRow.ALLOCATE_COUNT],
                row[BandRow.ALLOCATE_BYTES],
                frees.freeCount(band),
                frees.freedBytes(band),
                frees.freesOf(band, row[BandRow.REMOTE_FREE_WEIGHT]),
                frees.freesOf(band, row[BandRow.LIFO_FREE_WEIGHT] + Math.max(0, falling - rising)),
                frees.freesOf(band, Math.max(0, rising - falling)),
                frees.freesOf(band, 2 * Math.min(rising, falling)),
                entryPoint.isArena() ? frees.freeCount(band) : 0,
                frees.reallocateCount(band),
                frees.growCount(band),
                row[BandRow.ZEROED_COUNT],
                row[BandRow.ALIGNED_COUNT],
                seen ? row[BandRow.MIN_BYTE_SIZE] : 0,
                row[BandRow.MAX_BYTE_SIZE],
                row[BandRow.MAX_BYTE_ALIGNMENT],
                bounded(row[BandRow.PEAK_LIVE_BYTES], row[BandRow.ALLOCATE_BYTES]),
                Histograms.lifetimeNanos(row),
                Histograms.lifetimeBytes(row));
    }

    private static ArenaShapes arenas(long[] row, long[] allocations, long[] bytes) {
        return new ArenaShapes(
                row[EntryRow.OPEN_COUNT],
                row[EntryRow.CLOSE_COUNT],
                row[EntryRow.REMOTE_CLOSE_COUNT],
                row[EntryRow.NESTED_OPEN_COUNT],
                row[EntryRow.OUT_OF_ORDER_CLOSE_COUNT],
                row[EntryRow.MAX_OPEN_COUNT],
                Histograms.arenaShape(allocations),
                Histograms.arenaShape(bytes));
    }

    private List<ThreadSummary> threads() {
        List<long[]> rows = new ArrayList<>(List.of(snapshot.threads()));
        rows.add(snapshot.otherThreads());
        TurnEstimate turns = new TurnEstimate(rows);
        List<ThreadSummary> all = new ArrayList<>();
        for (int i = 0; i < snapshot.threadNames().length; i++) {
            all.add(thread(snapshot.threadNames()[i], snapshot.threads()[i], turns));
        }
        ThreadSummary others = thread(ThreadFold.OTHERS, snapshot.otherThreads(), turns);
        return ThreadFold.busiest(all, others, MAX_NAMED_THREADS);
    }

    private static ThreadSummary thread(String name, long[] row, TurnEstimate turns) {
        return new ThreadSummary(
                name,
                row[ThreadRow.ALLOCATE_COUNT],
                row[ThreadRow.ALLOCATE_BYTES],
                row[ThreadRow.FREE_COUNT],
                row[ThreadRow.REMOTE_FREE_COUNT],
                Histograms.threadSizes(row),
                Histograms.threadLifetimes(row),
                turns.of(row));
    }

    private static List<TimePoint> timeLine(long[][] points) {
        return Arrays.stream(points)
                .map(point -> new TimePoint(point[0], Math.max(0, point[1]), point[2], point[3]))
                .toList();
    }
}
