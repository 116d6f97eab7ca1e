// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.Failsafe;
import dev.metalloc.agent.runtime.JdkAccess;
import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.agent.runtime.ServedEntry;
import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanFormat;
import dev.metalloc.profiler.api.EntryPoint;
import java.lang.instrument.Instrumentation;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Run mode: serves what the plan names from its allocators, and says at the end of the run how much that was. */
final class RunSession implements Runnable {

    private final DispatchStart start;

    private RunSession(DispatchStart start) {
        this.start = start;
    }

    static void start(AgentOptions options, Instrumentation instrumentation, ImageCache images) throws Exception {
        Plan plan = PlanFormat.read(options.requiredPath("plan"));
        if (plan.rules().isEmpty()) {
            MetallocAgent.say("the plan leaves everything to the JDK; the application runs untouched");
            return;
        }
        PlanHooks hooks = PlanHooks.of(plan, images.image());
        boolean looksFirst = !images.wasKept() || othersMayHaveChanged();
        images.learn(HookInstaller.install(instrumentation, AgentMode.RUN, images.image(), hooks.groups(), looksFirst));
        DispatchStart start = DispatchStart.prepare(plan, hooks, images.image());
        if (!options.isSet("quiet")) {
            ExitWork.register(new RunSession(start));
        }
    }

    private static boolean othersMayHaveChanged() {
        JdkAccess jdk = JdkAccess.known;
        return jdk == null || HookInstaller.othersMayHaveChanged(jdk.virtualMachineArguments());
    }

    @Override
    public void run() {
        try {
            Throwable failure = Failsafe.first();
            if (failure != null) {
                MetallocAgent.say("dispatch went back to the JDK after an internal error: " + failure);
            }
            if (!start.hasFailed()) {
                MetallocAgent.say(summary());
            }
        } catch (Throwable e) {
            MetallocAgent.say("no summary: " + e);
        }
    }

    private String summary() {
        ServingDispatch started = start.started();
        if (started == null) {
            return start.wasAsked()
                    ? "served nothing: the allocators were not there when it ended"
                    : "served nothing: no memory was asked for";
        }
        StringBuilder text = new StringBuilder("served");
        if (RunState.frames != null) {
            append(text, EntryPoint.ARENA_CONFINED, RunState.frames.openedCount(), "arenas from frames");
        }
        append(text, EntryPoint.ARENA_CONFINED, RunState.confinedArena);
        append(text, EntryPoint.ARENA_SHARED, RunState.sharedArena);
        ArenaRelease arenaRelease = started.arenaRelease();
        if (arenaRelease != null) {
            text.append(String.format(Locale.ROOT, " (%,d closes deferred)", arenaRelease.releasedCount()));
        }
        append(text, EntryPoint.DIRECT_BUFFER, RunState.directBuffer);
        append(text, EntryPoint.UNSAFE, RunState.unsafe);
        text.append(String.format(
                Locale.ROOT, "; peak committed %,d bytes", started.source().peakCommittedBytes()));
        long purgedBytes = started.idlePurge().purgedBytes();
        if (purgedBytes > 0) {
            text.append(String.format(Locale.ROOT, "; gave back %,d idle bytes", purgedBytes));
        }
        if (RunState.refusedFreeCount() > 0) {
            text.append(String.format(
                    Locale.ROOT, "; refused %,d frees of blocks that were not live", RunState.refusedFreeCount()));
        }
        for (String drift : started.driftWatch().drifts()) {
            text.append("; ").append(drift);
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
