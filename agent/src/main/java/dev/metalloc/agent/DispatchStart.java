// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.agent.runtime.StartGate;
import dev.metalloc.agent.train.PreparedImage;
import dev.metalloc.policy.plan.Plan;
import org.jspecify.annotations.Nullable;

/**
 * Makes a plan's allocators on a thread of its own when a hook first asks for memory.
 *
 * <p>Linking the system's functions costs some hundred milliseconds: an application that asks for nothing does not pay for it.
 */
final class DispatchStart implements Runnable {

    private final Plan plan;
    private final PlanHooks hooks;
    private final PreparedImage image;
    private volatile @Nullable StartGate gate;
    private volatile @Nullable ServingDispatch started;

    private DispatchStart(Plan plan, PlanHooks hooks, PreparedImage image) {
        this.plan = plan;
        this.hooks = hooks;
        this.image = image;
    }

    /** Lets hooks ask from now on. */
    static DispatchStart prepare(Plan plan, PlanHooks hooks, PreparedImage image) {
        DispatchStart start = new DispatchStart(plan, hooks, image);
        Thread thread = new Thread(null, start, "metalloc-start", 0, false);
        thread.setDaemon(true);
        StartGate gate = new StartGate(thread);
        start.gate = gate;
        RunState.gate = gate;
        thread.start();
        return start;
    }

    /** What serves, or null where no hook has asked yet, or where it could not be made. */
    @Nullable
    ServingDispatch started() {
        return started;
    }

    @Override
    public void run() {
        StartGate waiting = gate;
        if (waiting == null) {
            return;
        }
        waiting.awaitAsked();
        try {
            RuntimeInstaller.defineRest(image);
            started = ServingDispatch.make(plan, hooks);
            RunState.serve();
        } catch (Throwable failure) {
            MetallocAgent.sayUntouched(failure);
        } finally {
            RunState.gate = null;
            waiting.open();
        }
    }
}
