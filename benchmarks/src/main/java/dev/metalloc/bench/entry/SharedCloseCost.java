// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.entry;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What closing shared arenas costs everybody: CPU of the whole process per close, and what another thread, busy with work of its
 * own, sees of it.
 *
 * <p>Phases of one length in turn without and with closes, at a fixed rate; a line for each pair. Arguments: closes per second,
 * seconds of a phase, pairs.
 */
public final class SharedCloseCost {

    private static final int MOST_TASKS = 20_000_000;

    private final long closesPerSecond;
    private final long phaseNanos;
    private final long[] taskNanos = new long[MOST_TASKS];
    private volatile boolean ended;
    private volatile long sink;

    private SharedCloseCost(long closesPerSecond, long phaseNanos) {
        this.closesPerSecond = closesPerSecond;
        this.phaseNanos = phaseNanos;
    }

    public static void main(String[] arguments) throws InterruptedException {
        long closesPerSecond = Long.parseLong(arguments[0]);
        long phaseNanos = TimeUnit.SECONDS.toNanos(Long.parseLong(arguments[1]));
        SharedCloseCost cost = new SharedCloseCost(closesPerSecond, phaseNanos);
        cost.phase(true);
        for (int pair = 0; pair < Integer.parseInt(arguments[2]); pair++) {
            Phase without = cost.phase(false);
            Phase with = cost.phase(true);
            System.out.printf(
                    Locale.ROOT,
                    "cpuPerCloseNanos=%d closes=%d other thread's task without/with closes: p50 %d/%d p99 %d/%d p99.9 %d/%d ns%n",
                    (with.cpuNanos() - without.cpuNanos()) / with.closeCount(),
                    with.closeCount(),
                    without.p50(),
                    with.p50(),
                    without.p99(),
                    with.p99(),
                    without.p999(),
                    with.p999());
        }
    }

    private record Phase(long cpuNanos, long closeCount, long p50, long p99, long p999) {}

    private Phase phase(boolean closes) throws InterruptedException {
        ended = false;
        int[] taskCount = new int[1];
        Thread other = new Thread(() -> taskCount[0] = tasks(), "other");
        long cpuStartNanos = cpuNanos();
        other.start();
        long closeCount = paced(closes);
        ended = true;
        other.join();
        long cpuNanos = cpuNanos() - cpuStartNanos;
        Arrays.sort(taskNanos, 0, taskCount[0]);
        return new Phase(cpuNanos, closeCount, at(taskCount[0], 0.5), at(taskCount[0], 0.99), at(taskCount[0], 0.999));
    }

    private long at(int taskCount, double share) {
        return taskNanos[(int) ((taskCount - 1) * share)];
    }

    /** As many waits with closes as without. */
    private long paced(boolean closes) {
        long start = System.nanoTime();
        long intervalNanos = TimeUnit.SECONDS.toNanos(1) / closesPerSecond;
        long count = 0;
        for (long due = start; due - start < phaseNanos; due += intervalNanos) {
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(this, left);
            }
            if (closes) {
                close(count);
            }
            count++;
        }
        return count;
    }

    private void close(long count) {
        try (Arena arena = Arena.ofShared()) {
            arena.allocate(64).set(ValueLayout.JAVA_LONG, 0, count);
        }
    }

    /** Works without a pause and notes how long each task took. */
    private int tasks() {
        int count = 0;
        long last = System.nanoTime();
        while (!ended && count < MOST_TASKS) {
            long sum = sink;
            for (int i = 0; i < 1000; i++) {
                sum = sum * 31 + i;
            }
            sink = sum;
            long now = System.nanoTime();
            taskNanos[count++] = now - last;
            last = now;
        }
        return count;
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getProcessCpuTime();
    }
}
