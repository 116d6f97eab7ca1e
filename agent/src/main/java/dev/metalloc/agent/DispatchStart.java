// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.DirectLedgers;
import dev.metalloc.agent.runtime.JdkAccess;
import dev.metalloc.agent.telemetry.Telemetry;
import dev.metalloc.agent.train.HookGroup;
import dev.metalloc.agent.train.PreparedImage;
import dev.metalloc.policy.plan.Plan;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes a plan's allocators, when a hook first asks for memory.
 *
 * <p>Linking the system's functions costs some hundred milliseconds: an application that asks for nothing does not pay for it.
 */
final class DispatchStart implements Function<Object, @Nullable Runnable> {

    private static final long DEFAULT_TELEMETRY_MILLIS = 2_000;

    private final PlanHooks hooks;
    private final SitePlan sites;
    private final PreparedImage.LaterClasses laterClasses;
    private final RunMark mark;
    private volatile @Nullable ServingDispatch started;
    private volatile boolean failed;

    DispatchStart(PlanHooks hooks, SitePlan sites, PreparedImage.LaterClasses laterClasses, RunMark mark) {
        this.hooks = hooks;
        this.sites = sites;
        this.laterClasses = laterClasses;
        this.mark = mark;
    }

    /** Whether the allocators could not be made, which was said then. */
    boolean hasFailed() {
        return failed;
    }

    /** What serves, or null where it is not made, or could not be. */
    @Nullable
    ServingDispatch started() {
        return started;
    }

    /** Lets hooks allocate, and answers with what is to be done when they do. */
    @Override
    public @Nullable Runnable apply(Object plan) {
        try {
            RuntimeInstaller.defineRest(laterClasses);
            ServingDispatch serving = ServingDispatch.make((Plan) plan, hooks, sites);
            started = serving;
            mark.begin();
            RunSession.serve(ledgers());
            serving.idlePurge().start();
            serving.driftWatch().start();
            return new Registration(serving, mark);
        } catch (Throwable failure) {
            failed = true;
            MetallocAgent.sayUntouched(failure);
            return null;
        }
    }

    private @Nullable DirectLedgers ledgers() {
        JdkAccess jdk = JdkAccess.known;
        return jdk == null || !hooks.has(HookGroup.DIRECT_BUFFER) ? null : jdk.directLedgers();
    }

    /** Whoever uses neither management nor recordings does not pay for their classes; whether somebody does is looked up now and then. */
    private record Registration(ServingDispatch serving, RunMark mark) implements Runnable {
        @Override
        public void run() {
            mark.hold();
            long delayMillis = Long.getLong("metalloc.telemetryMillis", DEFAULT_TELEMETRY_MILLIS);
            if (delayMillis <= 0) {
                return;
            }
            DispatchBean bean = new DispatchBean(serving);
            boolean hasEvents = false;
            boolean hasBean = false;
            while (!hasEvents || !hasBean) {
                pause(delayMillis);
                try {
                    hasEvents = hasEvents || Telemetry.registerEvents(bean);
                    hasBean = hasBean || Telemetry.registerBean(bean);
                } catch (OutOfMemoryError fullHeap) {
                    // The heap is the application's: again after the next pause.
                }
            }
        }

        private void pause(long millis) {
            long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(this, left);
            }
        }
    }
}
