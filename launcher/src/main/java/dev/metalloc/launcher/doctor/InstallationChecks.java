// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.doctor;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.jvm.ApplicationLine;
import dev.metalloc.launcher.jvm.JavaRelease;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What metalloc itself needs: a JDK, the agent, a folder to write. */
public final class InstallationChecks {

    private final Surroundings surroundings;

    public InstallationChecks(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    public List<Finding> findings() {
        return List.of(jdk(), defaultJava(), agent(), home());
    }

    private Finding jdk() {
        Path home = surroundings.javaHome();
        return Finding.well(
                "JDK",
                JavaRelease.in(home).map(JavaRelease::version).orElse(System.getProperty("java.version")) + " in "
                        + home);
    }

    private Finding defaultJava() {
        ApplicationLine line = new ApplicationLine(surroundings, List.of("java"));
        return line.jvmReplacement()
                .map(replacement -> Finding.change("default java", replacement))
                .orElseGet(() -> Finding.well("default java", "can load the agent"));
    }

    private Finding agent() {
        Path jar = surroundings.agentJar();
        return Files.isReadable(jar)
                ? Finding.well("agent", jar.toString())
                : Finding.broken("agent", jar + " is missing (build it: mvn -DskipTests package)");
    }

    private Finding home() {
        try {
            return Finding.well("home", MetallocHome.of(surroundings).prepared().folder() + " can be written");
        } catch (CommandFailure e) {
            return Finding.broken("home", String.valueOf(e.getMessage()));
        }
    }
}
