// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.Failsafe;
import dev.metalloc.agent.runtime.FrameStacks;
import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.agent.runtime.ServedEntry;
import dev.metalloc.agent.runtime.ServedSite;
import dev.metalloc.agent.telemetry.AllocatorUsage;
import dev.metalloc.agent.telemetry.DispatchMXBean;
import dev.metalloc.profiler.api.EntryPoint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the figures of what serves. */
public final class DispatchBean implements DispatchMXBean {

    private static final String FRAMES = "frames";

    private final ServingDispatch serving;

    DispatchBean(ServingDispatch serving) {
        this.serving = serving;
    }

    @Override
    public boolean isAllocating() {
        return RunState.isServing();
    }

    @Override
    public String getFailure() {
        Throwable failure = Failsafe.first();
        if (failure == null && RunState.isTorn()) {
            return StackOverflowError.class.getName(); // there was no room to keep it
        }
        return failure == null ? "" : failure.toString();
    }

    @Override
    public long getCommittedBytes() {
        return serving.source().committedBytes();
    }

    @Override
    public long getPeakCommittedBytes() {
        return serving.source().peakCommittedBytes();
    }

    @Override
    public long getPurgedBytes() {
        return serving.idlePurge().purgedBytes();
    }

    @Override
    public long getRefusedFreeCount() {
        return RunState.refusedFreeCount();
    }

    @Override
    public long getDeferredCloseCount() {
        ArenaRelease release = serving.arenaRelease();
        return release == null ? 0 : release.releasedCount();
    }

    @Override
    public String[] getDrifts() {
        return serving.driftWatch().drifts().toArray(new String[0]);
    }

    @Override
    public AllocatorUsage[] getAllocators() {
        List<AllocatorUsage> usages = new ArrayList<>();
        if (RunState.isTorn()) {
            return new AllocatorUsage[0]; // none may be asked any more
        }
        FrameStacks frames = RunState.frames;
        if (frames != null) {
            usages.add(new AllocatorUsage(
                    EntryPoint.ARENA_CONFINED.name(),
                    "",
                    FRAMES,
                    RunState.servesFrames(),
                    frames.stats(),
                    frames.missedCount()));
        }
        add(usages, EntryPoint.ARENA_CONFINED, RunState.confinedArena);
        add(usages, EntryPoint.ARENA_SHARED, RunState.sharedArena);
        add(usages, EntryPoint.ARENA_AUTO, RunState.automaticArena);
        add(usages, EntryPoint.DIRECT_BUFFER, RunState.directBuffer);
        add(usages, EntryPoint.UNSAFE, RunState.unsafe);
        add(usages, EntryPoint.MALLOC_DOWNCALL, RunState.mallocDowncall);
        add(usages, EntryPoint.NETTY, RunState.netty);
        add(usages, EntryPoint.ARROW, RunState.arrow);
        if (RunState.sites != null) {
            for (ServedSite site : RunState.sites.sites()) {
                add(usages, site.entryPoint(), site.method(), site.entry());
            }
        }
        return usages.toArray(new AllocatorUsage[0]);
    }

    private static void add(List<AllocatorUsage> usages, EntryPoint entryPoint, @Nullable ServedEntry served) {
        add(usages, entryPoint, "", served);
    }

    private static void add(
            List<AllocatorUsage> usages, EntryPoint entryPoint, String site, @Nullable ServedEntry served) {
        if (served != null) {
            usages.add(new AllocatorUsage(
                    entryPoint.name(),
                    site,
                    served.allocatorName(),
                    RunState.isServedBy(served),
                    served.stats(),
                    served.missedCount()));
        }
    }
}
