// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.Recommendation;
import dev.metalloc.classifier.report.RecommendationJson;
import dev.metalloc.classifier.report.RecommendationText;
import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Progress;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.known.Calibrations;
import dev.metalloc.launcher.known.KnownApplications;
import dev.metalloc.launcher.known.ProfileSource;
import dev.metalloc.launcher.known.ProfiledRuns;
import dev.metalloc.launcher.known.Recommendations;
import dev.metalloc.launcher.known.RecommendedPolicy;
import dev.metalloc.launcher.replay.VerdictChecks;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyToml;
import dev.metalloc.profiler.api.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code recommend}: says what a profile shows and which allocators it asks for, and keeps the policy. */
@Command(
        name = "recommend",
        description = "Explain what a profile shows and which allocators fit; keep the policy for run.")
public final class RecommendCommand implements Runnable {

    private final Surroundings surroundings;

    @Parameters(paramLabel = "PROFILE|APP", description = "A profile file, or an application in the store.")
    private String source = "";

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "-o", paramLabel = "FILE", description = "Write the policy to a TOML file too.")
    private @Nullable Path output;

    @Option(
            names = "--verify",
            description = "Replay a workload made from the profile on the JDK's path and on the choice.")
    private boolean verify;

    @Option(
            names = "--objective",
            paramLabel = "time|memory|balanced",
            description = "What the choice is to be good at (default: ${DEFAULT-VALUE}).")
    private Objective objective = Objective.TIME;

    public RecommendCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        KnownApplications known = KnownApplications.open(surroundings);
        ProfiledRuns profiled = ProfileSource.runs(source, known, surroundings);
        Recommendation recommendation =
                Recommendations.of(profiled, new Calibrations(surroundings).costsOrMeasured(), objective);
        surroundings
                .out()
                .println((json ? RecommendationJson.write(recommendation) : RecommendationText.write(recommendation))
                        .strip());
        // Before the policy is kept: a check that fails leaves nothing behind.
        boolean isConfirmed = !verify || verify(profiled.weighed(), recommendation);
        write(known.keep(RecommendedPolicy.of(recommendation, System.currentTimeMillis())));
        if (!isConfirmed) {
            tell(
                    "the policy is kept all the same, and run uses it: start the program without run to leave it as it is");
        }
    }

    /** Answers whether every choice that could be checked is faster. */
    private boolean verify(Profile profile, Recommendation recommendation) {
        Progress progress = new Progress(surroundings);
        progress.show("replaying workloads made from the profile");
        VerdictChecks.Outcome outcome = new VerdictChecks(surroundings).check(profile, recommendation);
        progress.clear();
        outcome.sentences().forEach(this::tell);
        return outcome.isConfirmed();
    }

    /** JSON is for programs: there the check goes to standard error. */
    private void tell(String sentence) {
        if (json) {
            surroundings.tell(sentence);
        } else {
            surroundings.out().println("  " + sentence);
        }
    }

    private void write(Policy policy) {
        if (output == null) {
            return;
        }
        Path file = surroundings.workingDirectory().resolve(output);
        try {
            Files.writeString(file, PolicyToml.write(policy));
        } catch (IOException e) {
            throw CommandFailure.failed("cannot write " + file + " (choose another file with -o)", e);
        }
    }
}
