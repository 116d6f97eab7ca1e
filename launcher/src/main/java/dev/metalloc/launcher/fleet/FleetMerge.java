// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.fleet;

import dev.metalloc.launcher.known.MergeWeights;
import dev.metalloc.launcher.known.WeighedSum;
import dev.metalloc.policy.store.ProfileContent;
import dev.metalloc.policy.store.ProfileGroup;
import dev.metalloc.policy.store.ProfileSelection;
import dev.metalloc.policy.store.ProfileTable;
import dev.metalloc.policy.store.StoredProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.RunInfo;
import dev.metalloc.profiler.io.ProfileReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Merges the profiles of one version and role of an application.
 *
 * <p>Walks over them twice, page by page where they lie: once to add them up, once to see how alike each is to their mean.
 * What it holds grows with the logarithm of their number. One thread.
 */
public final class FleetMerge {

    private static final int MOST_OUTLIERS = 5;

    private final ProfileTable profiles;
    private final Duration halfLife;
    private final Consumer<String> problems;

    /**
     * Merges out of a table.
     *
     * @param problems told of each profile that cannot be read, in one line; the others are merged
     */
    public FleetMerge(ProfileTable profiles, Duration halfLife, Consumer<String> problems) {
        this.profiles = profiles;
        this.halfLife = halfLife;
        this.problems = problems;
    }

    /** A profile unlike the others; {@code overlap} says how alike it is to their mean, 0 to 1. */
    public record Outlier(StoredProfile profile, double overlap) {}

    /**
     * What a group's profiles say together.
     *
     * @param profileCount that were merged
     * @param meanOverlap how alike they are to their mean on average, 0 to 1
     * @param leastAlike the least alike first
     */
    public record Merged(
            ProfileGroup group, Profile profile, int profileCount, double meanOverlap, List<Outlier> leastAlike) {}

    /** The group's sum; empty where none of its profiles can be read. */
    public Optional<Merged> merge(String app, ProfileGroup group) {
        ProfileSelection selection = ProfileSelection.of(app, group.labels());
        Summing summing =
                new Summing(new MergeWeights(halfLife, group.newestEpochMillis(), group.oldestEpochMillis()), problems);
        profiles.forEach(selection, summing::add);
        return summing.sum().map(sum -> {
            Comparing comparing = new Comparing(summing.mean);
            profiles.forEach(selection, comparing::add);
            return new Merged(group, sum, comparing.count, comparing.mean(), comparing.leastAlike());
        });
    }

    private static Profile decode(ProfileContent content) throws IOException {
        return ProfileReader.decode(ByteBuffer.wrap(content.bytes()));
    }

    private static final class Summing {

        private final MergeWeights weights;
        private final Consumer<String> problems;
        private final WeighedSum weighed = new WeighedSum();
        private final BandShares mean = new BandShares();
        private int runCount;

        Summing(MergeWeights weights, Consumer<String> problems) {
            this.weights = weights;
            this.problems = problems;
        }

        void add(ProfileContent content) {
            try {
                Profile profile = decode(content);
                runCount += profile.run().runCount();
                mean.add(BandShares.of(profile));
                weighed.add(profile, weights.times(content.profile().meta()));
            } catch (IOException e) {
                problems.accept("profile " + content.profile().id() + " of "
                        + content.profile().meta().host() + ": " + e.getMessage() + " (left out)");
            }
        }

        Optional<Profile> sum() {
            return weighed.sum().map(this::withRunCount);
        }

        /** Runs that count several times are still so many runs. */
        private Profile withRunCount(Profile sum) {
            RunInfo run = sum.run();
            RunInfo counted = new RunInfo(
                    run.app(),
                    run.javaVersion(),
                    run.mode(),
                    run.startEpochMillis(),
                    run.durationNanos(),
                    runCount,
                    run.complete(),
                    run.lacks());
            return new Profile(
                    counted,
                    sum.entryPoints(),
                    sum.sites(),
                    sum.threads(),
                    sum.threadCounts(),
                    sum.timeLine(),
                    sum.peakLiveBytes(),
                    sum.cost(),
                    sum.heaps());
        }
    }

    private static final class Comparing {

        private static final Comparator<Outlier> MOST_ALIKE_FIRST =
                Comparator.comparingDouble(Outlier::overlap).reversed();

        private final BandShares mean;
        private final PriorityQueue<Outlier> leastAlike = new PriorityQueue<>(MOST_ALIKE_FIRST);
        private double overlaps;
        private int count;

        Comparing(BandShares mean) {
            this.mean = mean;
        }

        void add(ProfileContent content) {
            double overlap;
            try {
                overlap = BandShares.of(decode(content)).overlap(mean);
            } catch (IOException e) {
                return; // told when it was to be added
            }
            count++;
            overlaps += overlap;
            leastAlike.add(new Outlier(content.profile(), overlap));
            if (leastAlike.size() > MOST_OUTLIERS) {
                leastAlike.remove();
            }
        }

        double mean() {
            return count == 0 ? 0 : overlaps / count;
        }

        List<Outlier> leastAlike() {
            List<Outlier> sorted = new ArrayList<>(leastAlike);
            sorted.sort(MOST_ALIKE_FIRST.reversed());
            return sorted;
        }
    }
}
