// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.DirectLedgers;
import dev.metalloc.agent.runtime.JdkAccess;
import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.agent.runtime.StartGate;
import dev.metalloc.agent.telemetry.Telemetry;
import dev.metalloc.agent.train.HookGroup;
import dev.metalloc.agent.train.PreparedImage;
import dev.metalloc.policy.plan.Plan;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Makes a plan's allocators on a thread of its own when a hook first asks for memory.
 *
 * <p>Linking the system's functions costs some hundred milliseconds: an application that asks for nothing does not pay for it.
 */
final class DispatchStart implements Runnable {

    private static final long DEFAULT_TELEMETRY_MILLIS = 2_000;

    private final Plan plan;
    private final PlanHooks hooks;
    private final SitePlan sites;
    private final PreparedImage image;
    private volatile @Nullable StartGate gate;
    private volatile @Nullable ServingDispatch started;
    private volatile boolean failed;

    private DispatchStart(Plan plan, PlanHooks hooks, SitePlan sites, PreparedImage image) {
        this.plan = plan;
        this.hooks = hooks;
        this.sites = sites;
        this.image = image;
    }

    /** Lets hooks ask from now on. */
    static DispatchStart prepare(Plan plan, PlanHooks hooks, SitePlan sites, PreparedImage image) {
        DispatchStart start = new DispatchStart(plan, hooks, sites, image);
        Thread thread = new Thread(null, start, "metalloc-start", 0, false);
        thread.setDaemon(true);
        StartGate gate = new StartGate(thread);
        start.gate = gate;
        RunState.gate = gate;
        thread.start();
        return start;
    }

    /** Whether the allocators could not be made, which was said then. */
    boolean hasFailed() {
        return failed;
    }

    /** Whether a hook has asked for memory. */
    boolean wasAsked() {
        StartGate waiting = gate;
        return waiting != null && waiting.wasAsked();
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
        ServingDispatch serving = null;
        try {
            RuntimeInstaller.defineRest(image);
            serving = ServingDispatch.make(plan, hooks, sites);
            started = serving;
            RunState.serve(ledgers());
            serving.idlePurge().start();
            serving.driftWatch().start();
        } catch (Throwable failure) {
            failed = true;
            MetallocAgent.sayUntouched(failure);
        } finally {
            RunState.gate = null;
            waiting.open();
        }
        if (serving != null) {
            registerLater(serving);
        }
    }

    private @Nullable DirectLedgers ledgers() {
        JdkAccess jdk = JdkAccess.known;
        return jdk == null || !hooks.has(HookGroup.DIRECT_BUFFER) ? null : jdk.directLedgers();
    }

    /** Management classes cost a tenth of a second: what ends soon does not pay for them. */
    private void registerLater(ServingDispatch serving) {
        long delayMillis = Long.getLong("metalloc.telemetryMillis", DEFAULT_TELEMETRY_MILLIS);
        if (delayMillis <= 0) {
            return;
        }
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
        Telemetry.register(new DispatchBean(serving));
    }
}
