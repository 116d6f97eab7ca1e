// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

/**
 * What becomes of the blocks of one site: estimates, to which each sampled block adds what it stands for.
 *
 * <p>{@code lifoFreeCount + fifoFreeCount + randomFreeCount + bulkFreeCount + unorderedFreeCount} are the frees it speaks of.
 *
 * @param lifoFreeCount frees of the newest live block of the thread and entry point, or in falling order of age among the site's own
 * @param fifoFreeCount frees in rising order of age among the site's own
 * @param bulkFreeCount frees together with an arena
 * @param unorderedFreeCount frees whose order could not be told, those by reallocation among them
 * @param reallocateCount reallocations of blocks of the site (each is also a free here, and an allocation of the site that made it)
 * @param growCount reallocations to a larger size
 * @param liveBytes of blocks that were not freed by the end
 * @param peakLiveBytes most bytes live at once, of moments that were looked at; where few samples were live, it is rough
 * @param lifetimeNanos from allocate to free, of freed blocks; to within a tick of the clock, ten milliseconds
 */
public record SiteBehaviour(
        long lifoFreeCount,
        long fifoFreeCount,
        long randomFreeCount,
        long bulkFreeCount,
        long unorderedFreeCount,
        long reallocateCount,
        long growCount,
        long liveBytes,
        long peakLiveBytes,
        LifetimeBuckets lifetimeNanos) {

    /** Of profiles of before. */
    public static final SiteBehaviour UNKNOWN = new SiteBehaviour(0, 0, 0, 0, 0, 0, 0, 0, 0, LifetimeBuckets.NONE);

    /** All frees that it speaks of; fewer than the site's where a profile of before was merged in. */
    public long freeCount() {
        return orderedFreeCount() + unorderedFreeCount;
    }

    /** Those whose order could be told. */
    public long orderedFreeCount() {
        return lifoFreeCount + fifoFreeCount + randomFreeCount + bulkFreeCount;
    }

    public SiteBehaviour plus(SiteBehaviour other) {
        return new SiteBehaviour(
                lifoFreeCount + other.lifoFreeCount,
                fifoFreeCount + other.fifoFreeCount,
                randomFreeCount + other.randomFreeCount,
                bulkFreeCount + other.bulkFreeCount,
                unorderedFreeCount + other.unorderedFreeCount,
                reallocateCount + other.reallocateCount,
                growCount + other.growCount,
                liveBytes + other.liveBytes,
                Math.max(peakLiveBytes, other.peakLiveBytes),
                lifetimeNanos.plus(other.lifetimeNanos));
    }
}
