// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.RangeChunkSource;
import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.allocators.source.ResidentPages;
import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import org.jspecify.annotations.Nullable;

/**
 * What serves the application.
 *
 * @param source where all allocators have their memory from
 * @param arenaRelease null where shared arenas are closed as the JDK does
 */
record ServingDispatch(
        RangeChunkSource source,
        IdlePurge idlePurge,
        DriftWatch driftWatch,
        @Nullable ArenaRelease arenaRelease) {

    /** Address space, not memory: many times what a machine holds, so that no allocator has to share. */
    private static final long RANGE_BYTES = 1L << 38;

    /** Makes the plan's allocators, tries them, and hands them to the hooks, which do not yet use them. */
    static ServingDispatch make(Plan plan, PlanHooks hooks, SitePlan sites) {
        CgroupMemory cgroup = CgroupMemory.find();
        long limitBytes = plan.limitBytes() > 0 ? plan.limitBytes() : Long.MAX_VALUE;
        if (cgroup != null) {
            limitBytes = Math.min(limitBytes, cgroup.limitBytes());
        }
        RangeChunkSource source = RangeChunkSource.reserveIn(new MmapChunkSource(limitBytes), RANGE_BYTES);
        RunState.rangeAddress = source.rangeAddress();
        RunState.rangeByteSize = source.rangeByteSize();
        if (hasLargeZeroed(plan)) {
            long lastPage = source.rangeAddress() + source.rangeByteSize() - source.pageByteSize();
            ResidentPages.prepare(lastPage, source.pageByteSize());
        }
        Dispatch dispatch = Dispatch.of(plan, sites, source);
        dispatch.selfTest();
        dispatch.publish(hooks);
        ArenaRelease arenaRelease = dispatch.closesDeferred() && hooks.hasArenas() ? ArenaRelease.start() : null;
        return new ServingDispatch(
                source, IdlePurge.of(dispatch, cgroup), new DriftWatch(dispatch.uses()), arenaRelease);
    }

    /** Whether there will be blocks to zero that it is worth asking the system about. */
    private static boolean hasLargeZeroed(Plan plan) {
        for (PlanRule rule : plan.rules()) {
            if (rule.entryPoint() != EntryPoint.UNSAFE && rule.maxByteSize() >= ResidentPages.MIN_BYTES) {
                return true;
            }
        }
        return false;
    }
}
