// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class ThreadCpuTimeTest {

    @Test
    void shouldBeWhatTheThreadRanNotWhatItWaited() throws InterruptedException {
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        Thread.sleep(200);
        long nanos = ThreadCpuTime.ofCallerNanos();
        long after = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long ofClockTick = 10_000_000;
        assertTrue(nanos >= before - ofClockTick && nanos <= after + ofClockTick, before + " " + nanos + " " + after);
    }
}
