// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.Failsafe;
import dev.metalloc.agent.runtime.RangeChunkSource;
import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.agent.runtime.ServedEntry;
import dev.metalloc.agent.train.HookGroup;
import dev.metalloc.agent.train.PreparedImage;
import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanFormat;
import dev.metalloc.profiler.api.EntryPoint;
import java.lang.instrument.Instrumentation;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Run mode: serves what the plan names from its allocators, and says at the end of the run how much that was. */
final class RunSession implements Runnable {

    /** Address space, not memory: many times what a machine holds, so that no allocator has to share. */
    private static final long RANGE_BYTES = 1L << 38;

    private final RangeChunkSource source;
    private final IdlePurge idlePurge;
    private final @Nullable ArenaRelease arenaRelease;

    private RunSession(RangeChunkSource source, IdlePurge idlePurge, @Nullable ArenaRelease arenaRelease) {
        this.source = source;
        this.idlePurge = idlePurge;
        this.arenaRelease = arenaRelease;
    }

    static void start(AgentOptions options, Instrumentation instrumentation, PreparedImage image) throws Exception {
        Plan plan = PlanFormat.read(options.requiredPath("plan"));
        if (plan.rules().isEmpty()) {
            MetallocAgent.say("the plan leaves everything to the JDK; the application runs untouched");
            return;
        }
        long limitBytes = plan.limitBytes() > 0 ? plan.limitBytes() : Long.MAX_VALUE;
        RangeChunkSource source = RangeChunkSource.reserveIn(new MmapChunkSource(limitBytes), RANGE_BYTES);
        RunState.rangeAddress = source.rangeAddress();
        RunState.rangeByteSize = source.rangeByteSize();
        Dispatch dispatch = Dispatch.of(plan, source);
        dispatch.selfTest();
        Set<HookGroup> groups = dispatch.groups();
        for (HookGroup missing : image.missingGroups()) {
            if (groups.remove(missing)) {
                MetallocAgent.say("this JDK's " + missing + " code has an unknown shape: it stays with the JDK");
            }
        }
        dispatch.publish(groups);
        boolean closesDeferred = dispatch.closesDeferred() && groups.contains(HookGroup.ARENA);
        ArenaRelease arenaRelease = closesDeferred ? ArenaRelease.start() : null;
        HookInstaller.install(instrumentation, AgentMode.RUN, image, groups);
        RunState.allocating = true;
        IdlePurge idlePurge = IdlePurge.start(dispatch);
        if (!options.isSet("quiet")) {
            ExitWork.register(new RunSession(source, idlePurge, arenaRelease));
        }
    }

    @Override
    public void run() {
        try {
            Throwable failure = Failsafe.first();
            if (failure != null) {
                MetallocAgent.say("dispatch went back to the JDK after an internal error: " + failure);
            }
            MetallocAgent.say(summary());
        } catch (Throwable e) {
            MetallocAgent.say("no summary: " + e);
        }
    }

    private String summary() {
        StringBuilder text = new StringBuilder("served");
        if (RunState.frames != null) {
            append(text, EntryPoint.ARENA_CONFINED, RunState.frames.openedCount(), "arenas from frames");
        }
        append(text, EntryPoint.ARENA_CONFINED, RunState.confinedArena);
        append(text, EntryPoint.ARENA_SHARED, RunState.sharedArena);
        if (arenaRelease != null) {
            text.append(String.format(Locale.ROOT, " (%,d closes deferred)", arenaRelease.releasedCount()));
        }
        append(text, EntryPoint.DIRECT_BUFFER, RunState.directBuffer);
        append(text, EntryPoint.UNSAFE, RunState.unsafe);
        text.append(String.format(Locale.ROOT, "; peak committed %,d bytes", source.peakCommittedBytes()));
        if (idlePurge.purgedBytes() > 0) {
            text.append(String.format(Locale.ROOT, "; gave back %,d idle bytes", idlePurge.purgedBytes()));
        }
        if (RunState.refusedFreeCount() > 0) {
            text.append(String.format(
                    Locale.ROOT, "; refused %,d frees of blocks that were not live", RunState.refusedFreeCount()));
        }
        return text.toString();
    }

    private static void append(StringBuilder text, EntryPoint entryPoint, @Nullable ServedEntry served) {
        if (served != null) {
            append(text, entryPoint, served.servedCount(), "blocks by " + served.allocatorName());
        }
    }

    private static void append(StringBuilder text, EntryPoint entryPoint, long count, String what) {
        text.append(String.format(
                Locale.ROOT, "%s %s %,d %s", text.length() > "served".length() ? "," : "", entryPoint, count, what));
    }
}
