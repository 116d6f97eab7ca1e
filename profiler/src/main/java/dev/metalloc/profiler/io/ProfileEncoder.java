// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.io;

import dev.metalloc.profiler.api.AllocationBurst;
import dev.metalloc.profiler.api.ArenaShapes;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.HeapUse;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ProfilerCost;
import dev.metalloc.profiler.api.RunInfo;
import dev.metalloc.profiler.api.SiteBehaviour;
import dev.metalloc.profiler.api.SiteProfile;
import dev.metalloc.profiler.api.ThreadSummary;
import dev.metalloc.profiler.api.TimePoint;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/** Turns a profile into the bytes of a file; used once. Each method here has its mirror in {@link ProfileDecoder}. */
final class ProfileEncoder {
    private final StringTable strings = new StringTable();
    private final ProfileOutput body = new ProfileOutput(strings);
    private final Profile profile;

    private ProfileEncoder(Profile profile) {
        this.profile = profile;
    }

    static byte[] encode(Profile profile) {
        return new ProfileEncoder(profile).encode();
    }

    private byte[] encode() {
        section(body, ProfileFormat.RUN, out -> run(out, profile.run()));
        section(body, ProfileFormat.ENTRY_POINTS, this::entryPoints);
        section(body, ProfileFormat.SITES, this::sites);
        section(body, ProfileFormat.THREADS, this::threads);
        section(body, ProfileFormat.TIME_LINE, out -> timeLine(out, profile.timeLine()));
        section(body, ProfileFormat.COST, this::cost);
        section(body, ProfileFormat.CHAINS, this::chains);
        section(body, ProfileFormat.THREAD_HISTOGRAMS, this::threadHistograms);
        section(body, ProfileFormat.RANGE_PEAKS, this::rangePeaks);
        section(body, ProfileFormat.BURSTS, this::bursts);
        section(body, ProfileFormat.NATIVE_FREES, this::nativeFrees);
        section(body, ProfileFormat.THREAD_TURNS, this::threadTurns);
        section(body, ProfileFormat.SITE_BEHAVIOUR, this::siteBehaviour);
        section(body, ProfileFormat.ENTRY_TIME_LINES, this::entryTimeLines);
        section(body, ProfileFormat.CALLERS, this::callers);
        profile.heaps().ifPresent(heaps -> section(body, ProfileFormat.HEAPS, out -> heaps(out, heaps)));
        ProfileOutput stringSection = new ProfileOutput(strings);
        section(stringSection, ProfileFormat.STRINGS, strings::writeTo);
        return assemble(stringSection);
    }

    private byte[] assemble(ProfileOutput stringSection) {
        ProfileOutput file = new ProfileOutput(strings);
        file.int32(ProfileFormat.MAGIC);
        file.int32(ProfileFormat.VERSION << 16);
        file.int64(ProfileFormat.HEADER_BYTES + stringSection.size() + body.size() + ProfileFormat.CHECKSUM_BYTES);
        file.bytes(stringSection.content(), stringSection.size());
        file.bytes(body.content(), body.size());
        CRC32C checksum = new CRC32C();
        checksum.update(file.content(), 0, file.size());
        file.int32((int) checksum.getValue());
        return file.toBytes();
    }

    private void section(ProfileOutput out, int name, Consumer<ProfileOutput> writer) {
        ProfileOutput content = new ProfileOutput(strings);
        writer.accept(content);
        out.int32(name);
        out.int32(content.size());
        out.bytes(content.content(), content.size());
    }

    private static void run(ProfileOutput out, RunInfo run) {
        out.string(run.app());
        out.string(run.javaVersion());
        out.string(run.mode().name());
        out.zigzag(run.startEpochMillis());
        out.varint(run.durationNanos());
        out.varint(run.runCount());
        out.varint(run.complete() ? 1 : 0);
        out.varint(run.lacks().size());
        run.lacks().forEach(out::string);
    }

    private void entryPoints(ProfileOutput out) {
        out.varint(profile.entryPoints().size());
        for (EntryPointProfile entryPoint : profile.entryPoints()) {
            out.string(entryPoint.entryPoint().name());
            out.varint(entryPoint.bands().size());
            entryPoint.bands().forEach(band -> band(out, band));
            out.histogram(entryPoint.sizes());
            out.zigzag(entryPoint.peakLiveBytes());
            out.varint(entryPoint.unknownFreeCount());
            out.varint(entryPoint.virtualThreadAllocateCount());
            arenas(out, entryPoint.arenas());
        }
    }

    private static void band(ProfileOutput out, BandProfile band) {
        out.varint(band.log2());
        out.varint(band.allocateCount());
        out.varint(band.allocateBytes());
        out.varint(band.freeCount());
        out.varint(band.freedBytes());
        out.varint(band.remoteFreeCount());
        out.varint(band.lifoFreeCount());
        out.varint(band.fifoFreeCount());
        out.varint(band.randomFreeCount());
        out.varint(band.bulkFreeCount());
        out.varint(band.reallocateCount());
        out.varint(band.growCount());
        out.varint(band.zeroedCount());
        out.varint(band.alignedCount());
        out.varint(band.minByteSize());
        out.varint(band.maxByteSize());
        out.varint(band.maxByteAlignment());
        out.zigzag(band.peakLiveBytes());
        out.histogram(band.lifetimeNanos());
        out.histogram(band.lifetimeBytes());
    }

    private static void arenas(ProfileOutput out, ArenaShapes arenas) {
        out.varint(arenas.openCount());
        out.varint(arenas.closeCount());
        out.varint(arenas.remoteCloseCount());
        out.varint(arenas.nestedOpenCount());
        out.varint(arenas.outOfOrderCloseCount());
        out.varint(arenas.maxOpenCount());
        out.histogram(arenas.allocationsPerArena());
        out.histogram(arenas.bytesPerArena());
    }

    private void sites(ProfileOutput out) {
        out.varint(profile.sites().size());
        for (SiteProfile site : profile.sites()) {
            out.int64(site.siteHash());
            out.string(site.entryPoint().name());
            out.varint(site.frames().size());
            for (SiteProfile.Frame frame : site.frames()) {
                out.string(frame.className());
                out.string(frame.methodName());
                out.zigzag(frame.line());
            }
            out.varint(site.sampleCount());
            out.varint(site.estimatedAllocateCount());
            out.varint(site.estimatedAllocateBytes());
            out.histogram(site.sizes());
            out.histogram(site.lifetimeBytes());
            out.varint(site.remoteFreeCount());
            out.varint(site.freeCount());
        }
    }

    private void threads(ProfileOutput out) {
        out.varint(profile.threadCounts().platformCount());
        out.varint(profile.threadCounts().endedCount());
        out.varint(profile.threadCounts().maxAliveCount());
        out.varint(profile.threads().size());
        for (ThreadSummary thread : profile.threads()) {
            out.string(thread.name());
            out.varint(thread.allocateCount());
            out.varint(thread.allocateBytes());
            out.varint(thread.freeCount());
            out.varint(thread.remoteFreeCount());
        }
    }

    private void chains(ProfileOutput out) {
        out.varint(profile.entryPoints().size());
        profile.entryPoints().forEach(entryPoint -> out.histogram(entryPoint.reallocateChains()));
    }

    private void rangePeaks(ProfileOutput out) {
        out.varint(profile.entryPoints().size());
        for (EntryPointProfile entryPoint : profile.entryPoints()) {
            out.varint(entryPoint.rangePeaks().log2s().size());
            entryPoint.rangePeaks().log2s().forEach(out::varint);
            entryPoint.rangePeaks().peakLiveBytes().forEach(out::zigzag);
        }
    }

    private void bursts(ProfileOutput out) {
        out.varint(profile.entryPoints().size());
        for (EntryPointProfile entryPoint : profile.entryPoints()) {
            out.varint(entryPoint.bursts().size());
            for (AllocationBurst burst : entryPoint.bursts()) {
                out.varint(burst.startBytes());
                out.varint(burst.blocks().size());
                for (AllocationBurst.Block block : burst.blocks()) {
                    out.varint((block.byteSize() << 1) | (block.isGrown() ? 1 : 0));
                    out.varint(((block.lifetimeBytes() + 1) << 1) | (block.grows() ? 1 : 0));
                    out.varint(block.rank());
                }
            }
        }
    }

    private void nativeFrees(ProfileOutput out) {
        out.varint(profile.entryPoints().size());
        profile.entryPoints().forEach(entryPoint -> out.varint(entryPoint.nativeFreeCount()));
    }

    private void callers(ProfileOutput out) {
        out.varint(profile.entryPoints().size());
        profile.entryPoints()
                .forEach(entryPoint -> out.string(entryPoint.callers().name()));
    }

    private void threadHistograms(ProfileOutput out) {
        out.varint(profile.threads().size());
        for (ThreadSummary thread : profile.threads()) {
            out.histogram(thread.sizes());
            out.histogram(thread.lifetimeBytes());
        }
    }

    private void threadTurns(ProfileOutput out) {
        out.varint(profile.threads().size());
        for (ThreadSummary thread : profile.threads()) {
            out.varint(thread.turns().count());
            out.varint(thread.turns().eventCount());
        }
    }

    private void siteBehaviour(ProfileOutput out) {
        out.varint(profile.sites().size());
        profile.sites().forEach(site -> siteBehaviour(out, site.behaviour()));
    }

    private static void siteBehaviour(ProfileOutput out, SiteBehaviour behaviour) {
        out.varint(behaviour.lifoFreeCount());
        out.varint(behaviour.fifoFreeCount());
        out.varint(behaviour.randomFreeCount());
        out.varint(behaviour.bulkFreeCount());
        out.varint(behaviour.unorderedFreeCount());
        out.varint(behaviour.reallocateCount());
        out.varint(behaviour.growCount());
        out.varint(behaviour.liveBytes());
        out.varint(behaviour.peakLiveBytes());
        int used = behaviour.lifetimeNanos().usedBuckets();
        out.varint(used);
        for (int bucket = 0; bucket < used; bucket++) {
            out.varint(behaviour.lifetimeNanos().count(bucket));
        }
    }

    private void entryTimeLines(ProfileOutput out) {
        out.varint(profile.entryPoints().size());
        profile.entryPoints().forEach(entryPoint -> timeLine(out, entryPoint.timeLine()));
    }

    private static void timeLine(ProfileOutput out, List<TimePoint> points) {
        out.varint(points.size());
        TimePoint before = new TimePoint(0, 0, 0, 0);
        for (TimePoint point : points) {
            out.zigzag(point.elapsedMillis() - before.elapsedMillis());
            out.zigzag(point.liveBytes() - before.liveBytes());
            out.zigzag(point.allocatedBytes() - before.allocatedBytes());
            out.zigzag(point.allocatedCount() - before.allocatedCount());
            before = point;
        }
    }

    private static void heaps(ProfileOutput out, HeapUse heaps) {
        out.varint(heaps.heldBytes());
        out.varint(heaps.peakLiveBytes());
    }

    private void cost(ProfileOutput out) {
        ProfilerCost cost = profile.cost();
        out.zigzag(profile.peakLiveBytes());
        out.varint(cost.heldBytes());
        out.varint(cost.stackSampleCount());
        out.varint(cost.stackSampleNanos());
        out.varint(cost.droppedBlockCount());
        out.varint(cost.droppedSampleCount());
        out.varint(cost.recordingNanos());
        out.varint(cost.backgroundNanos());
    }
}
