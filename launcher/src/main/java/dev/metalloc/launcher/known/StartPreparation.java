// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Prepares starts without a policy named by the user: as at the last start where nothing has changed since, else anew.
 *
 * <p>Apart from {@link PlanPreparation}, which need not even be loaded for the former.
 */
public final class StartPreparation {

    private StartPreparation() {}

    /**
     * By the last start, else by the policy in the store, else by the seeds.
     *
     * @param classPath of the application
     * @param javaVersion of the JVM that is started
     */
    public static PreparedStart of(Surroundings surroundings, String app, List<Path> classPath, String javaVersion) {
        if (StorePlace.isNamed(surroundings)) {
            return new PlanPreparation(surroundings).found(app, classPath, javaVersion);
        }
        StartMemory memory = new StartMemory(MetallocHome.of(surroundings), app);
        StartStamp stamp = new StartStamp(surroundings, app, classPath, javaVersion);
        Optional<PreparedStart> recalled = memory.recall(stamp.text());
        if (recalled.isPresent()) {
            return recalled.get();
        }
        PreparedStart start = new PlanPreparation(surroundings).found(app, classPath, javaVersion);
        memory.keep(stamp.isAtRest() && start.isRepeatable() ? stamp.text() : StartMemory.NEVER, start);
        return start;
    }
}
