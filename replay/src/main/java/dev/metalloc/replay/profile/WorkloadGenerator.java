// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import dev.metalloc.classifier.features.SizeCounts;
import dev.metalloc.profiler.api.AllocationBurst;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ThreadSummary;
import dev.metalloc.replay.trace.TraceBuilder;
import dev.metalloc.replay.trace.TraceProgram;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Makes a workload that is like what an entry point's profile shows: the same sizes, lifetimes, threads, and as many blocks that stay.
 *
 * <p>Used once, by one thread. The same profile always gives the same workload.
 */
/* Implementation notes
 *
 * Each thread's clock is the bytes it allocated so far, on which the profile's lifetimes of its blocks are measured: from after the
 * block's own bytes to its free. Bands take turns at random, as often as they
 * allocated. A freed block's lifetime is drawn from its band's histogram and its end queued; it ends between the two allocations that are
 * nearest to that, and not before one where it saw one. What was never freed is
 * spread over the whole, all of it: of the rest a part stands for all where there was too much to replay, since lifetimes in bytes
 * make the same bytes live at once, however long it goes on. What was live when the profile ended never ends as far as it is more than
 * blocks of the histogram's lifetimes would leave. No band may hold more than it did at its peak: the block that is furthest from its end goes early
 * where it would.
 *
 * A profile has bursts, unless it is an old one: consecutive allocations as they came. Sizes and lifetimes are then taken from them, in turn, as long as their band has
 * blocks left, and drawn only for bands of which no burst has a block, and where a burst's band has none left. Programs repeat themselves, processors and
 * allocators live on that: drawn at random the same blocks take some allocators twice the time. Where sizes come by chance there is nothing to repeat: what
 * a burst happens to have much of would crowd its size class for as long as it lasts.
 *
 * What a profile without bursts does not tell is not in it: phases, and which block is freed with which.
 */
public final class WorkloadGenerator {

    private static final long SEED = 42;
    private static final int MOST_ALLOCATIONS = 300_000;
    private static final double LEAST_REMOTE_RATIO = 0.02;
    // Half the blocks that grow stay within a doubling.
    private static final double SAME_BAND_RATIO = 0.5;

    private final Random random = new Random(SEED);
    private final TraceBuilder program = new TraceBuilder("generated");
    private final List<BlockSource> sources = new ArrayList<>();
    private final Turns turns;
    private final HandedOver handedOver;
    private final long[] clockBytes;
    private final Phases phases;
    private final List<FreeBatch> batches = new ArrayList<>();
    private final double freeRatio;
    private long freesLeft;
    private @Nullable BlockEnding growing;
    private @Nullable BlockSource growsInto;
    private final List<BurstCursor> cursors = new ArrayList<>();
    private final BandDraw draw;

    private WorkloadGenerator(Profile profile, EntryPointProfile entryPoint) {
        List<ThreadSummary> threads = profile.threads().stream()
                .filter(each -> each.allocateCount() + each.freeCount() > 0)
                .toList();
        long frees = Math.max(1, entryPoint.freeCount());
        double part = Math.min(1, (double) MOST_ALLOCATIONS / Math.max(1, entryPoint.allocateCount()));
        double remoteRatio = (double) entryPoint.bands().stream()
                        .mapToLong(BandProfile::remoteFreeCount)
                        .sum()
                / frees;
        freeRatio = (double) entryPoint.freeCount() / Math.max(1, entryPoint.allocateCount());
        turns = new Turns(threads, part, remoteRatio >= LEAST_REMOTE_RATIO);
        handedOver = new HandedOver(program, threads, entryPoint.peakLiveBytes());
        clockBytes = new long[turns.threadCount()];
        SizeCounts sizes = SizeCounts.of(entryPoint);
        phases = Phases.of(entryPoint, part, turns.shares());
        List<AllocationBurst> bursts = Repetition.isSeen(entryPoint.bursts()) ? entryPoint.bursts() : List.of();
        List<BandProfile> bands = entryPoint.bands().stream()
                .filter(band -> band.allocateCount() > 0)
                .toList();
        ThreadSizes threadSizes = new ThreadSizes(threads, bands);
        draw = new BandDraw(sources, threadSizes, random);
        List<List<AllocationBurst>> ownBursts = threadSizes.own(bursts);
        for (int i = 0; i < turns.threadCount(); i++) {
            batches.add(new FreeBatch(entryPoint));
            BurstCursor cursor = new BurstCursor(ownBursts.get(i));
            cursors.add(cursor);
            draw.addThread(cursor.missing(bands));
        }
        for (BandProfile band : bands) {
            sources.add(new BlockSource(
                    band,
                    sizes.within(band.minByteSize(), band.maxByteSize()),
                    staying(band, entryPoint),
                    part,
                    phases.phasedRatio(band, part),
                    turns.threadCount()));
        }
    }

    /** Of the blocks that were live when the profile ended those that ordinary lifetimes do not account for (Little's law). */
    private long staying(BandProfile band, EntryPointProfile entryPoint) {
        double meanLifetime = band.lifetimeBytes().getTotalCount() == 0
                ? 0
                : band.lifetimeBytes().getMean();
        double ownBytes = Math.max(1.0, (double) entryPoint.allocateBytes() / turns.allocatingThreadCount());
        long passing = (long) (band.allocateCount() * Math.min(1, meanLifetime / ownBytes));
        return Math.clamp(band.liveCount() - passing, 0L, band.allocateCount());
    }

    public static TraceProgram generate(Profile profile, EntryPointProfile entryPoint) {
        return new WorkloadGenerator(profile, entryPoint).generate();
    }

    private TraceProgram generate() {
        long all = sources.stream().mapToLong(BlockSource::left).sum();
        freesLeft = Math.round(freeRatio * all);
        for (long left = all; left > 0; left--) {
            if (growing == null) {
                takeTurns();
            }
            next(1 - (double) left / all);
        }
        endRest(freesLeft);
        handedOver.freeAll();
        return program.build();
    }

    /** After its last allocation a program frees what it has freed by its end; here that are the blocks that are next to end, of each thread as many in proportion. */
    private void endRest(long count) {
        List<List<Due>> rest = new ArrayList<>();
        for (int thread = 0; thread < turns.threadCount(); thread++) {
            List<Due> own = new ArrayList<>();
            for (BlockSource source : sources) {
                source.endings(thread).forEach(ending -> own.add(new Due(source, ending)));
                source.endings(thread).clear();
            }
            own.sort(Comparator.comparing(Due::ending, BlockSource.NEXT_FIRST));
            rest.add(own);
        }
        double all = Math.max(1, rest.stream().mapToInt(List::size).sum());
        for (List<Due> own : rest) {
            long ending = Math.round(own.size() * Math.clamp(count / all, 0, 1));
            own.stream().limit(ending).forEach(due -> end(due.source(), due.ending()));
        }
    }

    /** The next block: of a burst, or drawn where it grows, where bursts do not have its band, and where theirs has no block left. */
    private void next(double position) {
        if (growsInto != null) {
            allocateDrawn(growsInto);
            return;
        }
        boolean isMissing = draw.isOfMissing(turns.thread());
        AllocationBurst.Block block =
                isMissing ? null : cursors.get(turns.thread()).next(position);
        BlockSource source = block == null ? null : source(block.byteSize());
        if (block == null || source == null) {
            allocateDrawn(isMissing ? draw.missing(turns.thread()) : draw.any(turns.thread()));
        } else {
            allocate(source, block);
        }
    }

    private @Nullable BlockSource source(long byteSize) {
        for (BlockSource source : sources) {
            if (source.holds(byteSize)) {
                return source;
            }
        }
        return null;
    }

    private void allocateDrawn(BlockSource source) {
        long byteSize = source.size(random);
        endDue(clockBytes[turns.thread()] + byteSize / 2);
        allocate(source, byteSize);
    }

    private void allocate(BlockSource source, long byteSize) {
        BlockEnding grown = growsInto == source ? takeGrowing() : null;
        freeGrowingOfBurst();
        boolean stays = source.nextStays(random);
        int block = begin(source, grown, byteSize);
        if (!stays) {
            schedule(source, block, byteSize, drawnLifetimeBytes(source), null);
        }
    }

    /** One of a burst: what ended before it in the program ends before it here. */
    private void allocate(BlockSource source, AllocationBurst.Block seen) {
        endDue(clockBytes[turns.thread()]);
        BlockEnding grown = seen.isGrown() && growsInto == null ? takeGrowing() : null;
        freeGrowingOfBurst();
        boolean isLive = seen.lifetimeBytes() == AllocationBurst.LIVE;
        boolean stays = source.take(isLive);
        int block = begin(source, grown, seen.byteSize());
        if (!stays) {
            long lifetime = isLive ? drawnLifetimeBytes(source) : seen.lifetimeBytes();
            schedule(source, block, seen.byteSize(), lifetime, isLive ? null : seen);
        }
    }

    private int begin(BlockSource source, @Nullable BlockEnding grown, long byteSize) {
        makeRoom(source, byteSize);
        int block = grown != null
                ? program.reallocate(turns.thread(), grown.block(), byteSize)
                : program.allocate(turns.thread(), byteSize, source.byteAlignment(random), source.isZeroed(random));
        source.begin(byteSize);
        clockBytes[turns.thread()] += byteSize;
        turns.countEvents(1);
        return block;
    }

    private long drawnLifetimeBytes(BlockSource source) {
        return source.lifetimeBytes(random, phases.position(turns.thread(), (double) clockBytes[turns.thread()]));
    }

    /** @param seen whose end that is, or null where the lifetime is drawn */
    private void schedule(
            BlockSource source, int block, long byteSize, long lifetimeBytes, AllocationBurst.@Nullable Block seen) {
        long from = clockBytes[turns.thread()];
        source.endings(turns.thread())
                .add(new BlockEnding(
                        from,
                        from + lifetimeBytes,
                        block,
                        turns.thread(),
                        byteSize,
                        seen == null ? 0 : seen.rank(),
                        seen == null,
                        seen != null && seen.grows()));
    }

    private @Nullable BlockEnding takeGrowing() {
        BlockEnding taken = growing;
        growing = null;
        growsInto = null;
        return taken;
    }

    /** What was to grow into the next block of its burst, and did not; what was drawn waits for its turn. */
    private void freeGrowingOfBurst() {
        if (growing != null && growsInto == null) {
            free(growing);
            growing = null;
        }
    }

    private record Due(BlockSource source, BlockEnding ending) {}

    /** Ends what the thread allocated and is due, of all sizes in the order in which it is; what others allocated waits for them. */
    private void endDue(long atBytes) {
        List<Due> due = new ArrayList<>();
        for (BlockSource source : sources) {
            NavigableSet<BlockEnding> endings = source.endings(turns.thread());
            List<BlockEnding> tooSoon = new ArrayList<>();
            while (!endings.isEmpty() && endings.first().atBytes() <= atBytes) {
                BlockEnding next = endings.removeFirst();
                if (!next.isDrawn()
                        || next.atBytes() == next.fromBytes()
                        || next.fromBytes() < clockBytes[turns.thread()]) {
                    due.add(new Due(source, next));
                } else {
                    tooSoon.add(next);
                }
            }
            endings.addAll(tooSoon);
        }
        due.sort(Comparator.comparing(Due::ending, BlockSource.NEXT_FIRST));
        due.forEach(each -> endOrGrow(each.source(), each.ending()));
    }

    /** The longest lives end early where a band would hold more than it did: to end those that are next would change the lives of many. */
    private void makeRoom(BlockSource source, long byteSize) {
        while (!source.hasRoom(byteSize)) {
            BlockEnding last = lastToEnd(source);
            if (last == null) {
                return;
            }
            source.endings(last.thread()).remove(last);
            if (last.thread() == turns.thread()) {
                end(source, last);
            } else {
                source.end(last.byteSize());
                freesLeft--;
                handedOver.add(last, last.thread());
            }
        }
    }

    /** The one that is furthest from its end on its own thread's clock. */
    private @Nullable BlockEnding lastToEnd(BlockSource source) {
        BlockEnding furthest = null;
        for (int each = 0; each < turns.threadCount(); each++) {
            NavigableSet<BlockEnding> endings = source.endings(each);
            if (!endings.isEmpty() && (furthest == null || left(endings.last()) > left(furthest))) {
                furthest = endings.last();
            }
        }
        return furthest;
    }

    private long left(BlockEnding ending) {
        return ending.atBytes() - clockBytes[ending.thread()];
    }

    /** One block at a time grows: into the next that is allocated. */
    private void endOrGrow(BlockSource source, BlockEnding ended) {
        if (!ended.isDrawn() && !ended.grows()) {
            end(source, ended);
            return;
        }
        BlockSource into = growing == null && ended.isDrawn() && source.isReallocated(random) ? into(source) : null;
        if (into == null && ended.isDrawn()) {
            batches.get(turns.thread()).add(source, ended, random, this::end);
        } else if (growing == null) {
            source.end(ended.byteSize());
            freesLeft--;
            growing = ended;
            growsInto = into;
        } else {
            end(source, ended);
        }
    }

    private @Nullable BlockSource into(BlockSource source) {
        int next = sources.indexOf(source) + 1;
        if (next < sources.size() && sources.get(next).left() > 1 && random.nextDouble() >= SAME_BAND_RATIO) {
            return sources.get(next);
        }
        return source.left() > 1 ? source : null;
    }

    private void end(BlockSource source, BlockEnding ended) {
        source.end(ended.byteSize());
        freesLeft--;
        if (turns.threadCount() > 1 && random.nextDouble() < source.remoteRatio() * handedOver.weight(ended.thread())) {
            handedOver.addForOther(ended, random);
        } else {
            free(ended);
        }
    }

    private void free(BlockEnding ended) {
        program.free(ended.thread(), ended.block());
        turns.countEvents(1);
    }

    /** Lets another thread run where this one's turn is over, and those before it that have blocks to free and nothing else to do. */
    private void takeTurns() {
        if (!turns.isOver()) {
            return;
        }
        do {
            turns.begin(random);
            turns.countEvents(handedOver.freeFor(turns.thread()));
        } while (!turns.isAllocating());
    }
}
