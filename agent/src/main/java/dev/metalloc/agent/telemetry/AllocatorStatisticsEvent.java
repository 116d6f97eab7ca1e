// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.telemetry;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;

/** One entry point's allocator, every now and then; off unless a recording asks for it. */
@Name("dev.metalloc.AllocatorStatistics")
@Label("Allocator Statistics")
@Description("Counts and bytes of the allocator that serves an entry point")
@Category("Metalloc")
@Enabled(false)
@Period("10 s")
@StackTrace(false)
final class AllocatorStatisticsEvent extends Event {

    @Label("Entry Point")
    String entryPoint = "";

    @Label("Site")
    @Description("The calling method that the allocator serves alone, or nothing")
    String site = "";

    @Label("Allocator")
    String allocator = "";

    @Label("Serving")
    @Description("Whether new blocks come from the allocator")
    boolean serving;

    @Label("Allocations")
    long allocateCount;

    @Label("Frees")
    long freeCount;

    @Label("Missed")
    @Description("Requests that the JDK served because of their size")
    long missedCount;

    @Label("Used")
    @DataAmount
    long usedBytes;

    @Label("Retained")
    @DataAmount
    long retainedBytes;

    @Label("Committed")
    @DataAmount
    long committedBytes;

    /** Lets recordings ask for the event, those that run as well. */
    static void register(DispatchMXBean dispatch) {
        FlightRecorder.addPeriodicEvent(AllocatorStatisticsEvent.class, () -> commitAll(dispatch));
    }

    private static void commitAll(DispatchMXBean dispatch) {
        for (AllocatorUsage usage : dispatch.getAllocators()) {
            AllocatorStatisticsEvent event = new AllocatorStatisticsEvent();
            event.entryPoint = usage.getEntryPoint();
            event.site = usage.getSite();
            event.allocator = usage.getAllocator();
            event.serving = usage.isServing();
            event.allocateCount = usage.getAllocateCount();
            event.freeCount = usage.getFreeCount();
            event.missedCount = usage.getMissedCount();
            event.usedBytes = usage.getUsedBytes();
            event.retainedBytes = usage.getRetainedBytes();
            event.committedBytes = usage.getCommittedBytes();
            event.commit();
        }
    }
}
