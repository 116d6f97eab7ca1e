// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.ExitCodes;
import dev.metalloc.launcher.Failures;
import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.policy.seed.Seed;
import dev.metalloc.policy.seed.SeedCatalog;
import dev.metalloc.policy.seed.SeedToml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code db seed}: the seeds there are, and what is wrong with one that is being written. */
@Command(name = "seed", description = "List the seeds, or check seed files.")
public final class DbSeedCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Parameters(paramLabel = "FILE", arity = "0..*", description = "Seed files to check.")
    private List<Path> files = List.of();

    @Option(names = "--evidence", description = "Say where each claim comes from.")
    private boolean evidence;

    public DbSeedCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (files.isEmpty()) {
            SeedCatalog.load(MetallocHome.of(surroundings).seeds(), surroundings::tell)
                    .seeds()
                    .forEach(this::print);
        } else {
            files.forEach(this::check);
        }
        return ExitCodes.WELL;
    }

    private void check(Path named) {
        Path file = surroundings.workingDirectory().resolve(named);
        try {
            String name = String.valueOf(file.getFileName()).replaceFirst("\\.toml$", "");
            print(SeedToml.parse(Files.readString(file), name, file.toString()));
        } catch (IOException e) {
            throw Failures.reading(file, e);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.failed(file + ": " + e.getMessage(), e);
        }
    }

    private void print(Seed seed) {
        surroundings
                .out()
                .println(String.join(
                        "\t",
                        seed.name(),
                        String.join(",", seed.coordinates()),
                        seed.versions().text(),
                        seed.title()));
        if (evidence) {
            seed.evidence()
                    .forEach(each -> surroundings
                            .out()
                            .println("  " + each.claim() + " (" + each.by() + ", " + each.date() + ", " + each.link()
                                    + ")"));
        }
    }
}
