// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ProfilerCost;
import dev.metalloc.profiler.api.SiteProfile;
import java.nio.file.Path;
import java.util.Locale;

/** A profile in one line: what was recorded, what beside that was mapped, who uses the pools, what it cost, where it is. */
final class ProfileSummary {

    private static final double KIB = 1024.0;
    private static final long SHORT_RUN_NANOS = 8_000_000_000L;

    private ProfileSummary() {}

    static String of(Profile profile, Path file) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "profiled %,d allocations of %,d bytes (peak %,d live) at %d sites",
                profile.allocateCount(),
                profile.allocateBytes(),
                profile.peakLiveBytes(),
                profile.sites().size()));
        for (EntryPointProfile entryPoint : profile.entryPoints()) {
            if (entryPoint.entryPoint().isPool() && entryPoint.allocateCount() > 0) {
                line.append(pool(profile, entryPoint));
            }
            if (entryPoint.entryPoint() == EntryPoint.MAPPED_FILE && entryPoint.allocateCount() > 0) {
                line.append(mapped(entryPoint));
            }
        }
        return line.append(cost(profile)).append("; written to ").append(file).toString();
    }

    private static String mapped(EntryPointProfile files) {
        return String.format(
                Locale.ROOT,
                "; mapped files: %,d of %,d bytes (peak %,d mapped)",
                files.allocateCount(),
                files.allocateBytes(),
                files.peakLiveBytes());
    }

    private static String pool(Profile profile, EntryPointProfile pool) {
        String users = "";
        long sampledBytes = 0;
        for (SiteProfile site : profile.sites()) {
            sampledBytes += site.entryPoint() == pool.entryPoint() ? site.estimatedAllocateBytes() : 0;
        }
        for (SiteProfile site : profile.sites()) {
            if (site.entryPoint() == pool.entryPoint() && !site.frames().isEmpty()) {
                users = String.format(
                        Locale.ROOT,
                        ", %.0f %% from %s",
                        100.0 * site.estimatedAllocateBytes() / Math.max(1, sampledBytes),
                        site.frames().get(0));
                break;
            }
        }
        return String.format(
                Locale.ROOT,
                "; %s pools: %,d buffers of %,d bytes (peak %,d in use)%s",
                pool.entryPoint(),
                pool.allocateCount(),
                pool.allocateBytes(),
                pool.peakLiveBytes(),
                users);
    }

    /** In a run of a few seconds what an event costs is measured before all of its code is compiled. */
    private static String cost(Profile profile) {
        ProfilerCost cost = profile.cost();
        return String.format(
                Locale.ROOT,
                "; own cost %s%.2f %% of one core's time, %,.0f KiB held, %,d samples dropped",
                profile.run().durationNanos() < SHORT_RUN_NANOS ? "at most " : "",
                100.0 * cost.totalNanos() / Math.max(1, profile.run().durationNanos()),
                cost.heldBytes() / KIB,
                cost.droppedBlockCount() + cost.droppedSampleCount());
    }
}
