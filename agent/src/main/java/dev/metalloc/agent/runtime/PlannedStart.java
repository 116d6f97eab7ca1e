// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import dev.metalloc.policy.plan.Plan;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Has a plan's allocators made, on a thread of its own, when a hook first asks for memory, and says at the end what became of it.
 *
 * <p>Here is only what every start needs. Whoever makes the allocators comes from outside, as a function of the plan: its classes
 * need not be there before.
 */
public final class PlannedStart implements Runnable {

    /** What this JVM was started with; null where it is not in run mode or has nothing to serve. */
    private static volatile @Nullable PlannedStart current;

    private final Plan plan;
    private final Function<Object, @Nullable Runnable> maker;
    private volatile @Nullable StartGate gate;

    private PlannedStart(Plan plan, Function<Object, @Nullable Runnable> maker) {
        this.plan = plan;
        this.maker = maker;
    }

    /**
     * Lets hooks ask from now on.
     *
     * @param maker makes the plan's allocators and answers with what is to be done when callers are served already
     * @param summary run when the JVM ends, if memory was asked for; null for quiet
     */
    public static void begin(Plan plan, Function<Object, @Nullable Runnable> maker, @Nullable Runnable summary) {
        PlannedStart start = new PlannedStart(plan, maker);
        Thread thread = new Thread(null, start, "metalloc-start", 0, false);
        thread.setDaemon(true);
        StartGate gate = new StartGate(thread);
        start.gate = gate;
        RunState.gate = gate;
        current = start;
        thread.start();
        if (summary != null) {
            ExitWork.register(new Farewell(start, summary));
        }
    }

    /** The plan that this JVM is dispatched by, or null. */
    public static @Nullable Plan plan() {
        PlannedStart start = current;
        return start == null ? null : start.plan;
    }

    private boolean wasAsked() {
        StartGate waiting = gate;
        return waiting != null && waiting.wasAsked();
    }

    @Override
    public void run() {
        StartGate waiting = gate;
        if (waiting == null) {
            return;
        }
        waiting.awaitAsked();
        Runnable afterwards = null;
        try {
            afterwards = maker.apply(plan);
        } catch (Throwable failure) {
            Failsafe.trip(failure);
        } finally {
            RunState.gate = null;
            waiting.open();
        }
        if (afterwards != null) {
            runSafely(afterwards);
        }
    }

    /** What fails here, such as on a full heap, the application does not see: it is served all the same. */
    private static void runSafely(Runnable afterwards) {
        try {
            afterwards.run();
        } catch (Throwable failure) {
            Failsafe.trip(failure);
        }
    }

    private record Farewell(PlannedStart start, Runnable summary) implements Runnable {
        @Override
        public void run() {
            if (start.wasAsked()) {
                summary.run();
            } else {
                System.err.println("metalloc: served nothing: no memory was asked for");
            }
        }
    }
}
