// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.DirectLedgers;
import dev.metalloc.agent.runtime.Failsafe;
import dev.metalloc.agent.runtime.JdkAccess;
import dev.metalloc.agent.runtime.LibraryDefault;
import dev.metalloc.agent.runtime.LinkingClass;
import dev.metalloc.agent.runtime.OtherAgents;
import dev.metalloc.agent.runtime.PlannedPlaces;
import dev.metalloc.agent.runtime.PlannedStart;
import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.agent.runtime.ServedEntry;
import dev.metalloc.agent.runtime.ServedSite;
import dev.metalloc.agent.train.HookGroup;
import dev.metalloc.agent.train.LibraryChoice;
import dev.metalloc.agent.train.PreparedImage;
import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanFormat;
import dev.metalloc.profiler.api.EntryPoint;
import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Run mode: serves what the plan names from its allocators, and says at the end of the run how much that was. */
final class RunSession implements Function<Object, @Nullable Runnable>, Runnable {

    private static final int MOST_SITES_TOLD = 4;
    private static final String DISPATCHING = "dispatching";

    /** Whether hooks are to leave new blocks to the JDK once there are allocators. */
    private static boolean pausedBeforeServing;

    private final DispatchStart start;
    private final RunMark mark;
    private final @Nullable SiteHooks siteHooks;

    private RunSession(DispatchStart start, RunMark mark, @Nullable SiteHooks siteHooks) {
        this.start = start;
        this.mark = mark;
        this.siteHooks = siteHooks;
    }

    /** @param attached whether the application runs already */
    static void start(AgentOptions options, Instrumentation instrumentation, ImageCache images, boolean attached)
            throws Exception {
        Plan plan = PlanFormat.read(options.requiredPath("plan"));
        if (plan.rules().isEmpty()) {
            if (attached) {
                throw new IllegalStateException("the plan leaves everything to the JDK");
            }
            MetallocAgent.say("the plan leaves everything to the JDK; the application runs untouched");
            return;
        }
        PlanHooks hooks = PlanHooks.of(plan, images.image().missingGroups());
        boolean othersMayHaveChanged = attached || othersMayHaveChanged();
        HookInstaller installed = HookInstaller.install(
                instrumentation,
                AgentMode.RUN,
                images.image(),
                hooks.groups(),
                othersMayHaveChanged || !images.wasKept());
        if (!othersMayHaveChanged) {
            images.learn(installed);
        }
        if (PlannedPlaces.needLibrary(plan, EntryPoint.NETTY)) {
            DefaultHooks.install(instrumentation, LibraryChoice.NETTY, LibraryDefault.NETTY, attached);
        }
        if (PlannedPlaces.needLibrary(plan, EntryPoint.ARROW)) {
            DefaultHooks.install(instrumentation, LibraryChoice.ARROW, LibraryDefault.ARROW, attached);
        }
        SitePlan sites = SitePlan.of(plan, hooks);
        SiteHooks siteHooks = null;
        if (!sites.isEmpty()) {
            siteHooks = SiteHooks.install(instrumentation, sites);
        }
        if (attached && hooks.has(HookGroup.DOWNCALL)) {
            noteEarlierClasses(instrumentation);
        }
        RunMark mark = new RunMark(options.marks());
        RunSession session =
                new RunSession(new DispatchStart(hooks, sites, images.image().laterClasses(), mark), mark, siteHooks);
        PlannedStart.begin(plan, session, options.isSet("quiet") ? null : session);
        if (attached) {
            System.setProperty(MetallocAgent.STATE_PROPERTY, DISPATCHING);
        }
    }

    /** Of those alone that would be served; told by constants, since the class that knows them is not to be loaded yet. */
    private static void noteEarlierClasses(Instrumentation instrumentation) {
        Map<Class<?>, Boolean> earlier = new HashMap<>();
        for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
            String name = loaded.getName();
            if (name.contains(LinkingClass.NETTY_CLEANER) || name.contains(LinkingClass.INFINISPAN_MEMORY)) {
                earlier.put(loaded, Boolean.TRUE);
            }
        }
        RunState.noteEarlier(earlier);
    }

    /**
     * For a JVM whose hooks are in, by a plan of which all groups of hooks are.
     *
     * @param marks where to say how the run ends, or null
     */
    static RunSession withoutSites(Object plan, PreparedImage.LaterClasses laterClasses, @Nullable Path marks) {
        PlanHooks hooks = PlanHooks.of((Plan) plan, List.of());
        RunMark mark = new RunMark(marks);
        return new RunSession(
                new DispatchStart(hooks, SitePlan.of((Plan) plan, hooks), laterClasses, mark), mark, null);
    }

    /** Makes the plan's allocators. */
    @Override
    public @Nullable Runnable apply(Object plan) {
        return start.apply(plan);
    }

    /** Whether this JVM was started in run mode, with something to serve. */
    static boolean isLoaded() {
        return PlannedStart.plan() != null;
    }

    /** Lets hooks allocate from allocators just made, unless somebody does not want that any more. */
    static synchronized void serve(@Nullable DirectLedgers ledgers) {
        RunState.serve(ledgers);
        if (pausedBeforeServing) {
            RunState.pause();
        }
    }

    /**
     * Leaves new blocks to the JDK. The hooks stay: live blocks of ours must find their way back.
     *
     * @throws IllegalStateException where that is so already, after a failure
     */
    static synchronized void pause() {
        requireWell();
        pausedBeforeServing = !RunState.allocating;
        RunState.pause();
        System.setProperty(MetallocAgent.STATE_PROPERTY, "ended dispatch: new blocks come from the JDK");
    }

    /**
     * Serves again.
     *
     * @throws IllegalStateException where the plan is another one than that of the start, whose allocators are there, or after a failure
     */
    static synchronized void resume(Plan plan) {
        requireWell();
        if (!plan.equals(PlannedStart.plan())) {
            throw new IllegalStateException("it was started with another plan (start it again with this one)");
        }
        pausedBeforeServing = false;
        RunState.resume();
        System.setProperty(MetallocAgent.STATE_PROPERTY, DISPATCHING);
    }

    private static void requireWell() {
        boolean isToBegin = RunState.gate != null;
        if (!RunState.allocating && !isToBegin) {
            throw new IllegalStateException(
                    Failsafe.first() == null
                            ? "its allocators could not be made, the JDK serves"
                            : "dispatch went back to the JDK after an internal error");
        }
    }

    private static boolean othersMayHaveChanged() {
        JdkAccess jdk = JdkAccess.known;
        return jdk == null || OtherAgents.mayHaveChanged(jdk.virtualMachineArguments());
    }

    @Override
    public void run() {
        try {
            mark.end();
            Throwable failure = Failsafe.first();
            if (RunState.isTorn()) {
                MetallocAgent.say(
                        "dispatch went back to the JDK: the stack ended inside an allocator, whose blocks stay"
                                + " where they are (more stack, -Xss, avoids it)");
            } else if (failure != null) {
                MetallocAgent.say((RunState.allocating ? "a part of dispatch" : "dispatch")
                        + " went back to the JDK after an internal error: " + failure);
            }
            if (!start.hasFailed() && !RunState.isTorn()) {
                MetallocAgent.say(summary());
            }
        } catch (Throwable e) {
            MetallocAgent.say("no summary: " + e);
        }
    }

    private String summary() {
        ServingDispatch started = start.started();
        if (started == null) {
            return "served nothing: the allocators were not there when it ended";
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
        append(text, EntryPoint.ARENA_AUTO, RunState.automaticArena);
        append(text, EntryPoint.DIRECT_BUFFER, RunState.directBuffer);
        append(text, EntryPoint.UNSAFE, RunState.unsafe);
        append(text, EntryPoint.MALLOC_DOWNCALL, RunState.mallocDowncall);
        append(text, EntryPoint.NETTY, RunState.netty);
        append(text, EntryPoint.ARROW, RunState.arrow);
        appendSites(text);
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

    private void appendSites(StringBuilder text) {
        if (RunState.sites != null) {
            List<ServedSite> sites = new ArrayList<>(RunState.sites.sites());
            sites.sort(new ByCount());
            for (ServedSite site : sites.subList(0, Math.min(sites.size(), MOST_SITES_TOLD))) {
                append(text, site);
            }
            if (sites.size() > MOST_SITES_TOLD) {
                text.append(String.format(Locale.ROOT, " and %,d sites more", sites.size() - MOST_SITES_TOLD));
            }
        }
        if (siteHooks != null) {
            for (String missing : siteHooks.missingClasses()) {
                text.append("; met no call of ").append(missing).append(" that the plan names");
            }
        }
    }

    private static void append(StringBuilder text, ServedSite site) {
        ServedEntry entry = site.entry();
        if (entry != null) {
            append(text, site.entryPoint(), entry.servedCount(), "blocks by " + entry.allocatorName());
            text.append(" at ").append(site.method());
        }
        if (site.leftCount() > 0) {
            append(text, site.entryPoint(), site.leftCount(), "left to the JDK at " + site.method());
        }
    }

    private static final class ByCount implements Comparator<ServedSite> {
        @Override
        public int compare(ServedSite a, ServedSite b) {
            return Long.compare(count(b), count(a));
        }

        private static long count(ServedSite site) {
            ServedEntry entry = site.entry();
            return site.leftCount() + (entry == null ? 0 : entry.servedCount());
        }
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
