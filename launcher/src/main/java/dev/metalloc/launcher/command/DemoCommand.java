// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.demo.Demonstration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code demo}: shows before and after on a real workload. */
@Command(name = "demo", description = "Profile a real workload, explain the choice, show before and after.")
public final class DemoCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Option(
            names = "--pairs",
            paramLabel = "N",
            description = "Runs of each kind to compare (default: ${DEFAULT-VALUE}).")
    private int pairCount = 3;

    @Option(names = "--requests", paramLabel = "N", description = "Requests per run (default: ${DEFAULT-VALUE}).")
    private long requestCount = 3_000_000;

    public DemoCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (pairCount < 1 || requestCount < 1) {
            throw CommandFailure.badUsage("--pairs and --requests take numbers from 1 on");
        }
        Path folder = freshFolder();
        surroundings.tell("files of the demonstration: " + folder);
        new Demonstration(surroundings, folder, pairCount, requestCount).run();
        return 0;
    }

    /** Its own METALLOC_HOME, so that it neither uses nor changes what the user's applications left. */
    private Path freshFolder() throws IOException {
        Path target = surroundings.installation().resolve("target");
        try {
            Path folder = target.resolve("demo");
            if (Files.exists(folder)) {
                delete(folder);
            }
            return Files.createDirectories(folder);
        } catch (IOException e) {
            return Files.createTempDirectory("metalloc-demo-");
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        }
    }
}
