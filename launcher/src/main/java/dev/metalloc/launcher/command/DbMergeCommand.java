// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Progress;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.fleet.FleetMerge;
import dev.metalloc.launcher.fleet.FleetMerge.Merged;
import dev.metalloc.launcher.known.KnownApplications;
import dev.metalloc.launcher.known.MergeWeights;
import dev.metalloc.policy.store.PolicyStore;
import dev.metalloc.policy.store.ProfileGroup;
import dev.metalloc.profiler.aggregate.Profiles;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code db merge}: what a fleet's profiles of an application say together, and which of them stand out. */
@Command(name = "merge", description = "Merge an application's profiles by version and role; show what stands out.")
public final class DbMergeCommand implements Runnable {

    /** Below this a profile is of another kind of program than the sum. */
    private static final double UNLIKE = 0.5;

    private final Surroundings surroundings;

    @Parameters(paramLabel = "APP", description = "The application's name, as db list prints it.")
    private String app = "";

    @Option(names = "--app-version", paramLabel = "VERSION", description = "Only profiles of this version.")
    private @Nullable String appVersion;

    @Option(names = "--role", paramLabel = "ROLE", description = "Only profiles of this role.")
    private @Nullable String role;

    @Option(names = "--half-life", paramLabel = "DAYS", description = "Days after which a profile counts half as much.")
    private int halfLifeDays = MergeWeights.HALF_LIFE_DAYS;

    @Option(names = "-o", paramLabel = "FILE", description = "Write the merged profile, for recommend or report.")
    private @Nullable Path output;

    public DbMergeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        if (halfLifeDays < 1) {
            throw CommandFailure.badUsage("--half-life takes days, from 1 on");
        }
        PolicyStore store = KnownApplications.open(surroundings).store();
        List<ProfileGroup> groups =
                store.profiles().groups(app).stream().filter(this::isMeant).toList();
        if (groups.isEmpty()) {
            throw CommandFailure.failed("no such profiles of " + app + " (see metalloc db list)");
        }
        FleetMerge merge = new FleetMerge(store.profiles(), Duration.ofDays(halfLifeDays), surroundings::tell);
        Progress progress = new Progress(surroundings);
        List<Profile> sums = new ArrayList<>();
        for (ProfileGroup group : groups) {
            progress.show("merging " + group.profileCount() + " profiles of " + name(group));
            merge.merge(app, group).ifPresent(merged -> {
                progress.clear();
                print(merged);
                sums.add(merged.profile());
            });
        }
        write(sums);
    }

    private boolean isMeant(ProfileGroup group) {
        return (appVersion == null || group.labels().appVersion().equals(appVersion))
                && (role == null || group.labels().role().equals(role));
    }

    private void print(Merged merged) {
        PrintStream out = surroundings.out();
        ProfileGroup group = merged.group();
        Profile profile = merged.profile();
        out.printf(
                Locale.ROOT,
                "%s: %,d profiles of %,d hosts, the newest of %s%n",
                name(group),
                merged.profileCount(),
                group.hostCount(),
                time(group.newestEpochMillis()));
        out.printf(
                Locale.ROOT,
                "  %,d runs, %,d allocations, %,d bytes, peak %,d KiB; alike %.2f on average%n",
                profile.run().runCount(),
                profile.allocateCount(),
                profile.allocateBytes(),
                profile.peakLiveBytes() >> 10,
                merged.meanOverlap());
        for (FleetMerge.Outlier outlier : merged.leastAlike()) {
            if (outlier.overlap() < UNLIKE) {
                out.printf(
                        Locale.ROOT,
                        "  outlier: profile %d of %s, %s: alike %.2f%n",
                        outlier.profile().id(),
                        outlier.profile().meta().host(),
                        time(outlier.profile().meta().recordedEpochMillis()),
                        outlier.overlap());
            }
        }
    }

    private String name(ProfileGroup group) {
        String version = group.labels().appVersion();
        String itsRole = group.labels().role();
        return app + (version.isEmpty() ? "" : " " + version) + (itsRole.isEmpty() ? "" : " as " + itsRole);
    }

    private static Instant time(long epochMillis) {
        return Instant.ofEpochMilli(epochMillis).truncatedTo(ChronoUnit.SECONDS);
    }

    private void write(List<Profile> sums) {
        if (output == null || sums.isEmpty()) {
            return;
        }
        Path file = surroundings.workingDirectory().resolve(output);
        try {
            ProfileWriter.write(file, Profiles.merge(sums));
        } catch (IOException e) {
            throw CommandFailure.failed("cannot write " + file + " (choose another file with -o)", e);
        }
    }
}
