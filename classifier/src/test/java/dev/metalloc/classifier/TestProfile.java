// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import dev.metalloc.profiler.api.ArenaShapes;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.Callers;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.HeapUse;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ProfileMode;
import dev.metalloc.profiler.api.ProfilerCost;
import dev.metalloc.profiler.api.RunInfo;
import dev.metalloc.profiler.api.SiteBehaviour;
import dev.metalloc.profiler.api.SiteProfile;
import dev.metalloc.profiler.api.ThreadCounts;
import dev.metalloc.profiler.api.ThreadSummary;
import dev.metalloc.profiler.api.TimePoint;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Builds a profile from batches of like blocks. */
public final class TestProfile {

    /** The order blocks are freed in. */
    public enum Order {
        LIFO,
        FIFO,
        RANDOM,
        BULK,
        NEVER
    }

    private final long seconds;
    private final Map<EntryPoint, EntryPointBuilder> entryPoints = new EnumMap<>(EntryPoint.class);
    private final List<ThreadSummary> threads = new ArrayList<>();
    private final List<SiteProfile> sites = new ArrayList<>();
    private String javaVersion = "25.0.3+9";
    private long endedThreads;
    private OptionalLong heldBytes = OptionalLong.empty();

    public TestProfile(long seconds) {
        this.seconds = seconds;
    }

    public EntryPointBuilder at(EntryPoint entryPoint) {
        return entryPoints.computeIfAbsent(entryPoint, EntryPointBuilder::new);
    }

    public TestProfile thread(String name, long allocations, long frees, long remoteFrees) {
        threads.add(new ThreadSummary(name, allocations, allocations * 64, frees, remoteFrees));
        return this;
    }

    public TestProfile endedThreads(long count) {
        endedThreads = count;
        return this;
    }

    /** What the C library's heaps held at most. */
    public TestProfile held(long bytes) {
        heldBytes = OptionalLong.of(bytes);
        return this;
    }

    public TestProfile java(String version) {
        javaVersion = version;
        return this;
    }

    /** A site with so many samples of one size, which stand for so many blocks. */
    public TestProfile site(EntryPoint entryPoint, String className, long byteSize, long samples, long count) {
        return site(entryPoint, List.of(className), byteSize, samples, count);
    }

    /** The same of one that a method calls, the innermost first. */
    public TestProfile site(EntryPoint entryPoint, List<String> classNames, long byteSize, long samples, long count) {
        // As coarse as those of real profiles.
        Histogram sizes = new Histogram(1);
        sizes.recordValueWithCount(byteSize, count);
        sites.add(new SiteProfile(
                classNames.hashCode(),
                entryPoint,
                classNames.stream()
                        .map(className -> new SiteProfile.Frame(className, "call", 7))
                        .toList(),
                samples,
                count,
                count * byteSize,
                sizes,
                histogram(),
                0,
                0));
        return this;
    }

    /** A site with samples of sizes and lifetimes. */
    public TestProfile site(
            EntryPoint entryPoint,
            String className,
            long byteSize,
            long count,
            long lifetimeBytes,
            long freeCount,
            long remoteFreeCount) {
        return site(
                entryPoint,
                className,
                byteSize,
                count,
                lifetimeBytes,
                freeCount,
                remoteFreeCount,
                SiteBehaviour.UNKNOWN);
    }

    /** The same with what becomes of its blocks. */
    public TestProfile site(
            EntryPoint entryPoint,
            String className,
            long byteSize,
            long count,
            long lifetimeBytes,
            long freeCount,
            long remoteFreeCount,
            SiteBehaviour behaviour) {
        // As coarse as those of real profiles.
        Histogram sizes = new Histogram(1);
        sizes.recordValueWithCount(byteSize, count);
        Histogram lifetimes = histogram();
        lifetimes.recordValueWithCount(lifetimeBytes, freeCount);
        sites.add(new SiteProfile(
                className.hashCode(),
                entryPoint,
                List.of(new SiteProfile.Frame(className, "call", 7)),
                Math.min(count, 1000),
                count,
                count * byteSize,
                sizes,
                lifetimes,
                remoteFreeCount,
                freeCount,
                behaviour));
        return this;
    }

    public Profile build() {
        List<EntryPointProfile> profiles =
                entryPoints.values().stream().map(EntryPointBuilder::profile).toList();
        long peak =
                profiles.stream().mapToLong(EntryPointProfile::peakLiveBytes).sum();
        long count =
                profiles.stream().mapToLong(EntryPointProfile::allocateCount).sum();
        List<TimePoint> timeLine = new ArrayList<>();
        for (int i = 0; i <= 20; i++) {
            timeLine.add(new TimePoint(seconds * 50 * i, peak, count * 64 * i / 20, count * i / 20));
        }
        if (threads.isEmpty()) {
            thread(
                    "main",
                    count,
                    profiles.stream().mapToLong(EntryPointProfile::freeCount).sum(),
                    0);
        }
        return new Profile(
                new RunInfo(
                        "com.example:app",
                        javaVersion,
                        ProfileMode.SAMPLED,
                        0,
                        seconds * 1_000_000_000L,
                        1,
                        true,
                        List.of()),
                profiles,
                sites,
                threads,
                new ThreadCounts(threads.size() + endedThreads, endedThreads, threads.size()),
                timeLine,
                peak,
                new ProfilerCost(0, 0, 0, 0, 0, 0, 0),
                heldBytes.stream().mapToObj(held -> new HeapUse(held, peak)).findFirst());
    }

    private static Histogram histogram() {
        return new Histogram(2);
    }

    /** Collects the blocks of one entry point. */
    public final class EntryPointBuilder {

        private final EntryPoint entryPoint;
        private final TreeMap<Integer, Band> bands = new TreeMap<>();
        private final Histogram sizes = histogram();
        private final Histogram arenaBlocks = histogram();
        private final Histogram arenaBytes = histogram();
        private long arenaCount;
        private long maxOpenCount;
        private long outOfOrderCount;
        private long unknownFrees;
        private long nativeFrees;
        private Callers callers = Callers.UNKNOWN;
        private long virtualAllocations;

        EntryPointBuilder(EntryPoint entryPoint) {
            this.entryPoint = entryPoint;
        }

        /** Blocks of one size; {@code peakCount} of them live at once. */
        public EntryPointBuilder blocks(long byteSize, long count, Order order, long lifetimeNanos, long peakCount) {
            return blocks(byteSize, count, order, lifetimeNanos, peakCount, 0, 0);
        }

        /** As above, with shares freed by another thread and reallocated to a larger size. */
        public EntryPointBuilder blocks(
                long byteSize,
                long count,
                Order order,
                long lifetimeNanos,
                long peakCount,
                double remoteRatio,
                double growRatio) {
            Band band = bands.computeIfAbsent(log2(byteSize), Band::new);
            band.add(byteSize, count, order, lifetimeNanos, peakCount, remoteRatio, growRatio, entryPoint);
            sizes.recordValueWithCount(byteSize, count);
            return this;
        }

        public EntryPointBuilder arenas(long count, long blocks, long bytes, long maxOpen, long outOfOrder) {
            arenaCount = count;
            maxOpenCount = maxOpen;
            outOfOrderCount = outOfOrder;
            arenaBlocks.recordValueWithCount(blocks, count);
            arenaBytes.recordValueWithCount(bytes, count);
            return this;
        }

        public EntryPointBuilder nativeFrees(long count) {
            nativeFrees = count;
            return this;
        }

        public EntryPointBuilder callers(Callers whose) {
            callers = whose;
            return this;
        }

        public EntryPointBuilder unknownFrees(long count) {
            unknownFrees = count;
            return this;
        }

        public EntryPointBuilder virtualAllocations(long count) {
            virtualAllocations = count;
            return this;
        }

        public TestProfile and() {
            return TestProfile.this;
        }

        public Profile build() {
            return TestProfile.this.build();
        }

        private EntryPointProfile profile() {
            long peak =
                    bands.values().stream().mapToLong(band -> band.peakBytes).sum();
            return new EntryPointProfile(
                            entryPoint,
                            bands.values().stream().map(Band::build).toList(),
                            sizes,
                            peak,
                            unknownFrees,
                            virtualAllocations,
                            new ArenaShapes(
                                    arenaCount,
                                    arenaCount,
                                    0,
                                    0,
                                    outOfOrderCount,
                                    maxOpenCount,
                                    arenaBlocks,
                                    arenaBytes))
                    .withNativeFrees(nativeFrees)
                    .with(callers);
        }
    }

    private static int log2(long byteSize) {
        return byteSize <= 1 ? 0 : 64 - Long.numberOfLeadingZeros(byteSize - 1);
    }

    private static final class Band {

        private final int log2;
        private final Map<Order, Long> byOrder = new EnumMap<>(Order.class);
        private final Histogram lifetimeNanos = histogram();
        private final Histogram lifetimeBytes = histogram();
        private long count;
        private long bytes;
        private long frees;
        private long freedBytes;
        private long remote;
        private long grown;
        private long zeroed;
        private long min = Long.MAX_VALUE;
        private long max;
        private long peakBytes;

        Band(int log2) {
            this.log2 = log2;
        }

        void add(
                long byteSize,
                long added,
                Order order,
                long lifetime,
                long peakCount,
                double remoteRatio,
                double growRatio,
                EntryPoint entryPoint) {
            count += added;
            bytes += added * byteSize;
            min = Math.min(min, byteSize);
            max = Math.max(max, byteSize);
            peakBytes += peakCount * byteSize;
            grown += (long) (growRatio * added);
            zeroed += entryPoint == EntryPoint.UNSAFE || entryPoint == EntryPoint.MALLOC_DOWNCALL ? 0 : added;
            if (order != Order.NEVER) {
                frees += added;
                freedBytes += added * byteSize;
                remote += (long) (remoteRatio * added);
                byOrder.merge(order, added, Long::sum);
                lifetimeNanos.recordValueWithCount(lifetime, added);
                lifetimeBytes.recordValueWithCount(Math.max(1, lifetime / 100), added);
            }
        }

        BandProfile build() {
            return new BandProfile(
                    log2,
                    count,
                    bytes,
                    frees,
                    freedBytes,
                    remote,
                    byOrder.getOrDefault(Order.LIFO, 0L),
                    byOrder.getOrDefault(Order.FIFO, 0L),
                    byOrder.getOrDefault(Order.RANDOM, 0L),
                    byOrder.getOrDefault(Order.BULK, 0L),
                    grown,
                    grown,
                    zeroed,
                    0,
                    min,
                    max,
                    1,
                    peakBytes,
                    lifetimeNanos,
                    lifetimeBytes);
        }
    }
}
