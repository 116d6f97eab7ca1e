// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.features.SizeCounts;
import dev.metalloc.profiler.api.SiteProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * Tells by bands the blocks that the samples of a site stand for.
 *
 * <p>A cell of the site's coarse histogram that starts at a power of two mixes the end of one band with the beginning of the next. The sizes
 * of all blocks of the entry point, which are known more finely, say how much of such a cell is of either.
 */
final class SiteCells {

    // The recorder gives a site 32 buckets for each band, each by its largest size.
    private static final int SITE_BUCKETS = 32;
    // The entry point's own cells, of three significant digits, are wider than 1 from here on.
    private static final int FINE_CELLS = 1024;
    private static final int BAND_DIGITS = 2;

    private final SizeCounts all;

    /** @param all sizes of all blocks of the site's entry point */
    SiteCells(SizeCounts all) {
        this.all = all;
    }

    /** The site's blocks of each band that has any, by {@link dev.metalloc.profiler.api.BandProfile#log2}. */
    Map<Integer, Double> countByBand(SiteProfile site) {
        Map<Integer, Double> counts = new TreeMap<>();
        for (Cell cell : cells(site)) {
            counts.merge(log2(cell.byteSize), cell.count, Double::sum);
        }
        return counts;
    }

    /** The sizes of the site's blocks of each band that has any. */
    Map<Integer, Histogram> sizesByBand(SiteProfile site) {
        Map<Integer, Histogram> sizes = new TreeMap<>();
        for (Cell cell : cells(site)) {
            sizes.computeIfAbsent(log2(cell.byteSize), log2 -> new Histogram(BAND_DIGITS))
                    .recordValueWithCount(cell.byteSize, Math.round(cell.count));
        }
        return sizes;
    }

    /** Blocks of one band, and their size or a little more. */
    private record Cell(long byteSize, double count) {}

    private List<Cell> cells(SiteProfile site) {
        List<Cell> cells = new ArrayList<>();
        Histogram sizes = site.sizes();
        for (HistogramIterationValue cell : sizes.recordedValues()) {
            long high = cell.getValueIteratedTo();
            long low = sizes.lowestEquivalentValue(high);
            double count = (double) cell.getCountAddedInThisIterationStep();
            double lower = log2(low) == log2(high) ? 0 : count * shareOfLowerBand(low);
            if (lower > 0) {
                cells.add(new Cell(low, lower));
            }
            if (count > lower) {
                cells.add(new Cell(high, count - lower));
            }
        }
        return cells;
    }

    private double shareOfLowerBand(long powerOfTwo) {
        long lowerWidth = Math.max(1, powerOfTwo / 2 / SITE_BUCKETS);
        long upperWidth = Math.max(1, powerOfTwo / SITE_BUCKETS) + Math.max(0, powerOfTwo / FINE_CELLS - 1);
        double lower =
                (double) all.within(powerOfTwo - lowerWidth + 1, powerOfTwo).totalCount();
        double upper =
                (double) all.within(powerOfTwo + 1, powerOfTwo + upperWidth).totalCount();
        return lower + upper == 0 ? 0 : lower / (lower + upper);
    }

    private static int log2(long byteSize) {
        return byteSize <= 1 ? 0 : 64 - Long.numberOfLeadingZeros(byteSize - 1);
    }
}
