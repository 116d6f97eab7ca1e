// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import dev.metalloc.classifier.features.SizeCounts;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ThreadSummary;
import dev.metalloc.replay.trace.TraceBuilder;
import dev.metalloc.replay.trace.TraceProgram;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
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
 * blocks of the histogram's lifetimes would leave. No band may hold more than it did at its peak: the block that is next to end goes early
 * where it would.
 *
 * What a profile does not tell is not in it: phases, and which block is freed with which.
 */
public final class WorkloadGenerator {

    private static final long SEED = 42;
    private static final int MOST_ALLOCATIONS = 200_000;
    // Threads of an application do some work each time they run.
    private static final int EVENTS_PER_TURN = 64;
    private static final int SPARE_BLOCKS = 8;
    private static final long MOST_SPARE_BYTES = 64L << 10;

    private final Random random = new Random(SEED);
    private final TraceBuilder program = new TraceBuilder("generated");
    private final List<Source> sources = new ArrayList<>();
    private final double[] threadShares;
    private final double remoteRatio;
    private final long[] clockBytes;
    private int thread;
    private int eventsOfTurn;

    private record Ending(long fromBytes, long atBytes, int block, int thread, long byteSize) {}

    private WorkloadGenerator(Profile profile, EntryPointProfile entryPoint) {
        threadShares = threadShares(profile.threads());
        clockBytes = new long[threadShares.length];
        long frees = Math.max(1, entryPoint.freeCount());
        remoteRatio = (double) entryPoint.bands().stream()
                        .mapToLong(BandProfile::remoteFreeCount)
                        .sum()
                / frees;
        SizeCounts sizes = SizeCounts.of(entryPoint);
        double part = Math.min(1, (double) MOST_ALLOCATIONS / Math.max(1, entryPoint.allocateCount()));
        for (BandProfile band : entryPoint.bands()) {
            if (band.allocateCount() > 0) {
                SizeCounts within = sizes.within(band.minByteSize(), band.maxByteSize());
                sources.add(new Source(band, within, staying(band, entryPoint), part, threadShares.length));
            }
        }
    }

    /** Of the blocks that were live when the profile ended those that ordinary lifetimes do not account for (Little's law). */
    private long staying(BandProfile band, EntryPointProfile entryPoint) {
        double meanLifetime = band.lifetimeBytes().getTotalCount() == 0
                ? 0
                : band.lifetimeBytes().getMean();
        double clockBytes = Math.max(1.0, (double) entryPoint.allocateBytes() / threadShares.length);
        long passing = (long) (band.allocateCount() * Math.min(1, meanLifetime / clockBytes));
        return Math.clamp(band.liveCount() - passing, 0L, band.allocateCount());
    }

    public static TraceProgram generate(Profile profile, EntryPointProfile entryPoint) {
        return new WorkloadGenerator(profile, entryPoint).generate();
    }

    private TraceProgram generate() {
        long left = sources.stream().mapToLong(source -> source.left).sum();
        for (; left > 0; left--) {
            Source source = draw(left);
            turn();
            long byteSize = source.size(random);
            endDue(clockBytes[thread] + byteSize / 2);
            allocate(source, byteSize);
        }
        return program.build();
    }

    /** Each source as likely as it has blocks left. */
    private Source draw(long left) {
        long ticket = (long) (random.nextDouble() * left);
        for (Source source : sources) {
            ticket -= source.left;
            if (ticket < 0) {
                return source;
            }
        }
        return sources.get(sources.size() - 1);
    }

    private void allocate(Source source, long byteSize) {
        boolean stays = source.nextStays(random);
        makeRoom(source, byteSize);
        int block = program.allocate(thread, byteSize, source.byteAlignment(random), source.isZeroed(random));
        source.liveBytes += byteSize;
        clockBytes[thread] += byteSize;
        if (!stays) {
            long from = clockBytes[thread];
            source.endings
                    .get(thread)
                    .add(new Ending(from, from + source.lifetimeBytes(random), block, thread, byteSize));
        }
        eventsOfTurn++;
    }

    /** Ends what the thread allocated and is due; what others allocated waits for them. */
    private void endDue(long atBytes) {
        for (Source source : sources) {
            PriorityQueue<Ending> endings = source.endings.get(thread);
            List<Ending> tooSoon = new ArrayList<>();
            for (Ending next = endings.peek(); next != null && next.atBytes() <= atBytes; next = endings.peek()) {
                endings.remove();
                if (next.atBytes() == next.fromBytes() || next.fromBytes() < clockBytes[thread]) {
                    end(source, next);
                } else {
                    tooSoon.add(next);
                }
            }
            endings.addAll(tooSoon);
        }
    }

    private void makeRoom(Source source, long byteSize) {
        while (source.liveBytes + byteSize > source.peakLiveBytes()) {
            Ending next = nextToEnd(source);
            if (next == null) {
                return;
            }
            end(source, source.endings.get(next.thread()).remove());
        }
    }

    /** The one that is nearest to its end on its own thread's clock. */
    private @Nullable Ending nextToEnd(Source source) {
        Ending nearest = null;
        for (PriorityQueue<Ending> endings : source.endings) {
            Ending next = endings.peek();
            if (next != null && (nearest == null || left(next) < left(nearest))) {
                nearest = next;
            }
        }
        return nearest;
    }

    private long left(Ending ending) {
        return ending.atBytes() - clockBytes[ending.thread()];
    }

    private void end(Source source, Ending ended) {
        source.liveBytes -= ended.byteSize();
        program.free(freeingThread(ended.thread()), ended.block());
        eventsOfTurn++;
    }

    private int freeingThread(int allocating) {
        return threadShares.length > 1 && random.nextDouble() < remoteRatio
                ? (allocating + 1) % threadShares.length
                : allocating;
    }

    private void turn() {
        if (eventsOfTurn < EVENTS_PER_TURN) {
            return;
        }
        eventsOfTurn = 0;
        double ticket = random.nextDouble();
        thread = threadShares.length - 1;
        for (int i = 0; i < threadShares.length; i++) {
            ticket -= threadShares[i];
            if (ticket < 0) {
                thread = i;
                return;
            }
        }
    }

    /** Of the allocations, by thread; one thread where none is known. */
    private static double[] threadShares(List<ThreadSummary> threads) {
        double all = threads.stream().mapToLong(ThreadSummary::allocateCount).sum();
        double[] shares = threads.stream()
                .filter(thread -> thread.allocateCount() > 0)
                .mapToDouble(thread -> thread.allocateCount() / all)
                .toArray();
        return shares.length == 0 ? new double[] {1} : shares;
    }

    /** The blocks of one band that are still to be allocated. */
    private static final class Source {
        private final BandProfile band;
        private final SizeCounts sizes;
        long left;
        long liveBytes;
        /** By the thread that allocated. */
        final List<PriorityQueue<Ending>> endings = new ArrayList<>();

        private long stayingLeft;

        Source(BandProfile band, SizeCounts sizes, long staying, double part, int threads) {
            for (int i = 0; i < threads; i++) {
                // Of those that end together the newest first, as a program that nests them would.
                endings.add(new PriorityQueue<>(Comparator.comparingLong(Ending::atBytes)
                        .thenComparing(Ending::block, Comparator.reverseOrder())));
            }
            this.band = band;
            this.sizes = sizes;
            stayingLeft = staying;
            left = stayingLeft + (long) Math.ceil(part * (band.allocateCount() - stayingLeft));
        }

        /** A few small blocks more than at the peak: drawn lifetimes overlap where the program's took turns. */
        long peakLiveBytes() {
            long few = Math.min(SPARE_BLOCKS * band.maxByteSize(), MOST_SPARE_BYTES);
            return Math.max(Math.max(band.peakLiveBytes(), band.maxByteSize()), few);
        }

        boolean nextStays(Random random) {
            boolean stays = random.nextDouble() * left < stayingLeft;
            left--;
            if (stays) {
                stayingLeft--;
            }
            return stays;
        }

        long size(Random random) {
            long ticket = (long) (random.nextDouble() * sizes.totalCount());
            for (int i = 0; i < sizes.size(); i++) {
                ticket -= sizes.count(i);
                if (ticket < 0) {
                    return sizes.byteSize(i);
                }
            }
            return band.maxByteSize();
        }

        long lifetimeBytes(Random random) {
            return band.lifetimeBytes().getTotalCount() == 0
                    ? 0
                    : band.lifetimeBytes().getValueAtPercentile(100 * random.nextDouble());
        }

        long byteAlignment(Random random) {
            boolean aligned = random.nextDouble() * band.allocateCount() < band.alignedCount();
            return aligned ? Long.highestOneBit(Math.max(1, band.maxByteAlignment())) : 1;
        }

        boolean isZeroed(Random random) {
            return random.nextDouble() * band.allocateCount() < band.zeroedCount();
        }
    }
}
