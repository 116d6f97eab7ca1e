// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.cost;

import dev.metalloc.classifier.features.BandFeatures;
import dev.metalloc.classifier.features.EntryPointFeatures;
import dev.metalloc.classifier.features.SizeCounts;
import dev.metalloc.profiler.api.EntryPoint;
import java.io.IOException;
import java.io.Reader;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * Nanoseconds for an allocation with its free, of the blocks of one group of bands: on the JDK's path, and on an allocator.
 *
 * <p>Immutable. Good for ranking; the figures come from one machine.
 */
public final class CostModel {

    private static final double SHIPPED_ERROR_LOG = 0.35;
    // An application's blocks are not those of the calibration, however well these were measured.
    private static final double LEAST_ERROR_LOG = 0.15;
    // Half a 95 % interval.
    private static final double INTERVAL_DEVIATIONS = 1.96;

    private final CostTable table;

    private CostModel(CostTable table) {
        this.table = table;
    }

    /** The model shipped with this version. */
    public static CostModel shipped() {
        return new CostModel(CostTable.shipped());
    }

    /**
     * A model calibrated elsewhere, in the format of the shipped one.
     *
     * @throws IllegalArgumentException naming the entry that is wrong
     */
    public static CostModel read(Reader properties) throws IOException {
        return new CostModel(CostTable.read(properties));
    }

    /**
     * The shipped model with what was measured on this machine in its place, in the format of the shipped one.
     *
     * @throws IllegalArgumentException naming the entry that is wrong
     */
    public static CostModel calibrated(Reader properties) throws IOException {
        return new CostModel(CostTable.shipped().overlaidWith(CostTable.read(properties)));
    }

    /**
     * How far off a figure may be, one time in three, as the logarithm of a factor: what the calibration's intervals say, and of the
     * shipped table that it was measured on another machine. Of arenas and direct buffers the JDK's side is always the shipped one.
     */
    public double errorLog(EntryPoint entryPoint) {
        List<String> measured = table.namesWithErrors();
        if (measured.isEmpty() || !isCalibrated(entryPoint)) {
            return SHIPPED_ERROR_LOG;
        }
        double sum = 0;
        for (String name : measured) {
            double relative =
                    table.number(name + CostTable.ERROR) / INTERVAL_DEVIATIONS / Math.max(1, table.number(name));
            sum += relative * relative;
        }
        return Math.clamp(Math.sqrt(sum / measured.size()), LEAST_ERROR_LOG, SHIPPED_ERROR_LOG);
    }

    /** Whether it is known what a block costs on an allocator that frees single ones. */
    public boolean knows(String allocator) {
        return table.has("block." + allocator + ".lifo");
    }

    /** Mean cost of a block on the JDK's path. */
    public double jdkNanos(EntryPointFeatures entryPoint, BandFeatures band) {
        double nanos = mean(band.sizes(), byteSize -> jdkNanos(entryPoint, byteSize));
        return nanos
                + band.fifoFreeRatio() * table.number("jdk.fifo")
                + band.randomFreeRatio() * table.number("jdk.random")
                + band.remoteFreeRatio() * table.number("jdk.remote");
    }

    /** Mean cost of a block in a frame that dies with its arena. */
    public double frameNanos(EntryPointFeatures entryPoint, BandFeatures band) {
        double arenaNanos = table.number("frame." + entryPoint.entryPoint().name())
                + entryPoint.virtualThreadRatio() * table.number("frame.lent", 0);
        return arenaNanos / entryPoint.blocksPerArena() + zeroing(band) + table.number("frame.block");
    }

    /** Mean of what of the JDK's work stays around a block that an allocator serves, zeroing included. */
    double aroundNanos(EntryPointFeatures entryPoint, BandFeatures band) {
        return table.number("stays." + entryPoint.entryPoint().name(), 0)
                + servedCloseNanos(entryPoint) / entryPoint.blocksPerArena()
                + zeroing(band);
    }

    private double zeroing(BandFeatures band) {
        return band.zeroedRatio() * mean(band.sizes(), table.curve("zero")::nanos);
    }

    /**
     * An allocation with its free on a bare allocator, without an entry point around it, the block written to and used again soon.
     *
     * @param variant an allocator, or a way of using it, {@code segregated.tight} say
     * @param fifoRatio frees oldest first, of all
     * @param randomRatio frees in no order, of all
     */
    double reusedNanos(String variant, double fifoRatio, double randomRatio) {
        String name = "block." + variant;
        double lifo = table.number(name + ".lifo");
        double fifo = table.number(name + ".fifo");
        double random = table.number(name + ".random");
        return lifo + fifoRatio * (fifo - lifo) + randomRatio * (random - lifo);
    }

    /** The same of a block cut from fresh memory. */
    double grownNanos(String variant) {
        return table.number("block." + variant + ".grown");
    }

    /** What a free by another thread adds. */
    double remoteNanos(String variant) {
        return table.number("block." + variant + ".remote", 0);
    }

    /** What is added where blocks come back in no order, for each tenfold of what is live beyond what caches hold. */
    double scatteredNanos(String variant) {
        return table.number("block." + variant + ".scattered", 0);
    }

    /** What is added where each event follows one of another thread. */
    double sharedNanos(String variant) {
        return table.number("block." + variant + ".shared", 0);
    }

    /** What a lock that nobody else holds adds to an allocation with its free. */
    double lockNanos() {
        return table.number("block.lock");
    }

    /** What it adds to a slab's that any thread may call. */
    double slabLockNanos() {
        return table.number("block.slab.lock");
    }

    /** What it adds to an allocation with its free that one of several parts serves it, for each part but the first. */
    double routeNanos() {
        return table.number("block.part");
    }

    /** What closing an arena of this kind costs the JDK; 0 where that is in the cost of its blocks. */
    public double arenaCloseNanos(EntryPoint entryPoint) {
        return table.number("arena.close." + entryPoint.name(), 0);
    }

    /**
     * What it costs where allocators serve the blocks. A close that waits for all threads is put off and done for many arenas at once,
     * unless there are virtual threads, whose stacks nobody can look through.
     */
    public double servedCloseNanos(EntryPointFeatures entryPoint) {
        double jdk = arenaCloseNanos(entryPoint.entryPoint());
        return entryPoint.virtualThreadRatio() > 0
                ? jdk
                : table.number("arena.deferred-close." + entryPoint.entryPoint().name(), jdk);
    }

    /** Bytes the JDK's path holds beyond what was requested, per live block. */
    public double jdkOverheadBytes() {
        return table.number("jdk.overhead-bytes-per-block");
    }

    private double jdkNanos(EntryPointFeatures entryPoint, double byteSize) {
        return switch (entryPoint.entryPoint()) {
            case ARENA_CONFINED -> confinedNanos(entryPoint.blocksPerArena(), byteSize);
            case ARENA_SHARED ->
                confinedNanos(entryPoint.blocksPerArena(), byteSize)
                        + arenaCloseNanos(EntryPoint.ARENA_SHARED) / entryPoint.blocksPerArena();
            case DIRECT_BUFFER -> table.curve("jdk.DIRECT_BUFFER").nanos(byteSize);
            case MALLOC_DOWNCALL -> table.curve("jdk.MALLOC_DOWNCALL").nanos(byteSize);
            default -> table.curve("jdk.UNSAFE").nanos(byteSize);
        };
    }

    /** Between the measured 1, 10 and 100 blocks per arena, straight over the logarithm of their number. */
    private double confinedNanos(double blocksPerArena, double byteSize) {
        double decade = Math.clamp(Math.log10(blocksPerArena), 0.0, 2.0);
        double one = table.curve("jdk.ARENA_CONFINED.1").nanos(byteSize);
        double ten = table.curve("jdk.ARENA_CONFINED.10").nanos(byteSize);
        double hundred = table.curve("jdk.ARENA_CONFINED.100").nanos(byteSize);
        return decade <= 1 ? between(one, ten, decade) : between(ten, hundred, decade - 1);
    }

    /** Whether a calibration measures what the JDK takes for it. */
    private boolean isCalibrated(EntryPoint entryPoint) {
        return switch (entryPoint) {
            case ARENA_CONFINED, ARENA_SHARED, DIRECT_BUFFER -> false;
            case MALLOC_DOWNCALL -> table.has("jdk.MALLOC_DOWNCALL" + CostTable.ERROR); // not in calibrations of before
            default -> true;
        };
    }

    private static double between(double from, double to, double part) {
        return from + (to - from) * part;
    }

    private static double mean(SizeCounts sizes, DoubleUnaryOperator nanos) {
        double sum = 0;
        for (int i = 0; i < sizes.size(); i++) {
            sum += nanos.applyAsDouble((double) sizes.byteSize(i)) * sizes.count(i);
        }
        return sizes.totalCount() == 0 ? 0 : sum / sizes.totalCount();
    }
}
