// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.trace;

import java.io.Closeable;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a trace: each does its own events, when it is its turn, so that all happen in the recorded order.
 *
 * <p>Confined to one caller. Lifetime: until {@link #close()}, which ends the threads; in between they keep what an allocator
 * holds for them.
 */
/* Implementation notes
 *
 * One thread at a time has the turn: it hands it on with a volatile write, which publishes all that it did. A thread that waits
 * spins for some microseconds, since the turn often comes back soon, and then parks.
 */
public final class TraceThreads implements Closeable {

    private static final int SPINS = 500;

    private final Worker[] workers;

    /** @throws IllegalStateException where there can be no more threads */
    public TraceThreads(int count) {
        workers = new Worker[count];
        for (int i = 0; i < count; i++) {
            workers[i] = new Worker(i);
        }
        try {
            for (Worker worker : workers) {
                worker.start();
            }
        } catch (OutOfMemoryError e) {
            close();
            throw new IllegalStateException("no " + count + " threads more: " + e.getMessage(), e);
        }
    }

    /** Does the runs in their order and returns the nanoseconds that their threads spent in them; what one of them throws ends all and is thrown here. */
    public long run(List<TraceProgram.Run> runs, RunLoop loop) {
        if (runs.isEmpty()) {
            return 0;
        }
        Pass pass = new Pass(runs, loop);
        for (Worker worker : workers) {
            worker.pass = pass;
            LockSupport.unpark(worker);
        }
        while (pass.turn < runs.size()) {
            LockSupport.park(this);
        }
        rethrow(pass.failure);
        return pass.nanos;
    }

    /** Loops throw nothing that is checked. */
    private static void rethrow(@Nullable Throwable failure) {
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
    }

    @Override
    public void close() {
        for (Worker worker : workers) {
            worker.interrupt();
        }
    }

    /** One time through some runs. */
    private final class Pass {
        final List<TraceProgram.Run> runs;
        final RunLoop loop;
        final Thread caller = Thread.currentThread();
        volatile int turn;
        // Both are written by whoever has the turn, before the turn is handed on.
        long nanos;

        @Nullable
        Throwable failure;

        Pass(List<TraceProgram.Run> runs, RunLoop loop) {
            this.runs = runs;
            this.loop = loop;
        }

        void takePart(int thread) {
            for (int i = 0; i < runs.size(); i++) {
                TraceProgram.Run run = runs.get(i);
                if (run.thread() == thread) {
                    awaitTurn(i);
                    if (turn != i) {
                        return;
                    }
                    execute(run);
                    handOn(failure == null ? i + 1 : runs.size());
                }
            }
        }

        private void awaitTurn(int i) {
            for (int spins = 0; turn < i; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
        }

        private void execute(TraceProgram.Run run) {
            long start = System.nanoTime();
            try {
                loop.run(run.from(), run.to());
            } catch (Throwable e) {
                // An error too is the caller's: a worker that ended of it would keep the turn for ever.
                failure = e;
            }
            nanos += System.nanoTime() - start;
        }

        private void handOn(int next) {
            turn = next;
            if (next < runs.size()) {
                LockSupport.unpark(workers[runs.get(next).thread()]);
                return;
            }
            for (Worker worker : workers) {
                LockSupport.unpark(worker);
            }
            LockSupport.unpark(caller);
        }
    }

    private static final class Worker extends Thread {
        private final int index;
        private volatile @Nullable Pass pass;

        Worker(int index) {
            super("replay-" + index);
            this.index = index;
            setDaemon(true);
        }

        @Override
        public void run() {
            Pass done = null;
            while (!isInterrupted()) {
                Pass next = pass;
                if (next == null || next == done) {
                    LockSupport.park(this);
                } else {
                    next.takePart(index);
                    done = next;
                }
            }
        }
    }
}
