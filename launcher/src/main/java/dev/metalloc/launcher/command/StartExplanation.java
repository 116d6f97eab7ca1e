// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.jvm.ApplicationLine;
import dev.metalloc.launcher.known.PolicyChoice;
import dev.metalloc.launcher.known.PolicySources;
import dev.metalloc.launcher.known.StartMemory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says by which rule an application is started: for a command line what would be done now, for a name what its policies
 * say, or else how it was started last.
 */
final class StartExplanation {

    private final Surroundings surroundings;

    StartExplanation(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    List<String> lines(@Nullable String appName, List<String> application) {
        if (!application.isEmpty()) {
            ApplicationLine line = new ApplicationLine(surroundings, application);
            String app = Identities.of(appName, line, surroundings).name();
            return new PolicySources(surroundings)
                    .find(app, line.classPath(), line.javaVersion())
                    .explanation();
        }
        if (appName == null) {
            throw CommandFailure.badUsage("--explain needs an application's name, or its command line behind --");
        }
        PolicyChoice own = new PolicySources(surroundings).own(appName);
        if (own.policy().isPresent()) {
            return own.explanation();
        }
        List<String> lines = new ArrayList<>();
        new StartMemory(MetallocHome.of(surroundings), appName).last().ifPresent(start -> {
            lines.add("as it was last started:");
            lines.addAll(start.explanation());
        });
        if (lines.isEmpty()) {
            lines.addAll(own.explanation());
            lines.add("never started by run: its command line behind -- tells what the seeds say");
        }
        return lines;
    }
}
