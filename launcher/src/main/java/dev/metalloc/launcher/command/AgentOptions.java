// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.jvm.AgentOption;
import dev.metalloc.launcher.known.Instance;
import dev.metalloc.policy.identity.AppIdentity;
import dev.metalloc.profiler.api.ProfileMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The agent's options for each of its modes. */
final class AgentOptions {

    private AgentOptions() {}

    static AgentOption profile(
            Surroundings surroundings, MetallocHome home, AppIdentity identity, ProfileMode mode, Path output) {
        return new AgentOption(jar(surroundings), "profile")
                .with("out", output)
                .with("app", identity.name())
                .with("mode", mode.name().toLowerCase(Locale.ROOT))
                .with("spool", Instance.spool(surroundings, identity.version()))
                .with("cache", home.cache());
    }

    static AgentOption run(Surroundings surroundings, String app, Path plan, Path cache) {
        return new AgentOption(startJar(surroundings), "run")
                .with("plan", plan)
                .with("app", app)
                .with("cache", cache);
    }

    /** Into a JVM that runs: it says nothing at its end. */
    static AgentOption attachedRun(Surroundings surroundings, String app, Path plan, Path cache) {
        return new AgentOption(jar(surroundings), "run")
                .with("plan", plan)
                .with("app", app)
                .with("cache", cache)
                .with("quiet", "yes");
    }

    static AgentOption detach(Surroundings surroundings) {
        return new AgentOption(jar(surroundings), "detach");
    }

    /** The small jar that prepared starts need, where there is one. */
    private static Path startJar(Surroundings surroundings) {
        Path jar = jar(surroundings);
        Path small = jar.resolveSibling(jar.getFileName().toString().replace(".jar", "-start.jar"));
        return Files.isRegularFile(small) ? small : jar;
    }

    private static Path jar(Surroundings surroundings) {
        Path jar = surroundings.agentJar();
        if (!Files.isRegularFile(jar)) {
            throw CommandFailure.failed("agent jar missing: " + jar + " (build it: mvn -DskipTests package)");
        }
        if (jar.toString().indexOf('=') >= 0) {
            throw CommandFailure.failed(
                    "the JVM cannot load an agent from a path with = in it: " + jar + " (move the installation)");
        }
        return jar;
    }
}
