// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import com.sun.management.OperatingSystemMXBean;
import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyCompiler;
import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A policy compiled for one start and left in a file for the agent.
 *
 * @param file the plan
 * @param cache where the agent may keep what it prepares
 */
public record PlanFile(Path file, Path cache) {

    /**
     * Writes the plan below METALLOC_HOME, or among the temporary files where that cannot be written: an application must
     * not stay away for want of a folder of ours.
     *
     * @throws CommandFailure where the policy contradicts itself
     * @throws UncheckedIOException where neither folder can be written
     */
    public static PlanFile write(Plan plan, String name, MetallocHome home) {
        try {
            return write(plan, name, home.prepared().plans(), home.cache());
        } catch (CommandFailure | IOException e) {
            try {
                Path folder = Files.createTempDirectory("metalloc-plan-");
                return write(plan, name, folder, folder);
            } catch (IOException again) {
                again.addSuppressed(e);
                throw new UncheckedIOException(again);
            }
        }
    }

    /** Compiles with half of the memory that this machine, or this container, has as the limit. */
    public static Plan compile(Policy policy) {
        try {
            return PolicyCompiler.compile(policy, memoryBytes() / 2);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.failed(String.valueOf(e.getMessage()), e);
        }
    }

    static long memoryBytes() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    private static PlanFile write(Plan plan, String name, Path folder, Path cache) throws IOException {
        Path file = folder.resolve(name + ".plan");
        PlanFormat.write(file, plan);
        return new PlanFile(file, cache);
    }
}
