// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.classifier.Objective;
import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.known.Calibrations;
import dev.metalloc.launcher.replay.MeasuringProcess;
import dev.metalloc.replay.ReplayMain;
import dev.metalloc.replay.ReplayRequest;
import dev.metalloc.replay.SubjectList;
import dev.metalloc.replay.trace.TraceFormatException;
import dev.metalloc.replay.trace.TraceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code replay}: does recorded traces again on our allocators, on what the classifier would choose, and on native ones. */
@Command(
        name = "replay",
        description = "Replay traces on our allocators, on the classifier's choice (auto) and on native ones.")
public final class ReplayCommand implements Runnable {

    private final Surroundings surroundings;

    @Parameters(paramLabel = "TRACE", arity = "1..*", description = "Recorded traces (.mtrc.gz).")
    private List<String> traces = List.of();

    @Option(
            names = "--allocators",
            paramLabel = "LIST",
            description = "Ours, separated by commas, with parameters if need be: segregated[quickBytes=0;spacing=64]"
                    + " (default: ${DEFAULT-VALUE}).")
    private String allocators = ReplayRequest.DEFAULT_OURS;

    @Option(names = "--against", paramLabel = "LIST", description = "Native ones, or none (default: ${DEFAULT-VALUE}).")
    private String against = ReplayRequest.DEFAULT_PEERS;

    @Option(
            names = "--objective",
            paramLabel = "time|memory|balanced",
            description = "What auto is to be good at (default: ${DEFAULT-VALUE}).")
    private Objective objective = Objective.BALANCED;

    @Option(names = "--quick", description = "Fewer samples: seconds in place of a minute, larger errors.")
    private boolean quick;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    public ReplayCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        requireKnown();
        List<String> files =
                traces.stream().map(trace -> existing(trace).toString()).toList();
        String costs = new Calibrations(surroundings)
                .fileOrMeasured()
                .map(Path::toString)
                .orElse("");
        List<String> words = new ArrayList<>(
                ReplayRequest.words(allocators, against, objective, costs, quick, json, surroundings.watched()));
        words.addAll(files);
        new MeasuringProcess(surroundings).print(ReplayMain.class, words);
    }

    private void requireKnown() {
        try {
            SubjectList.ours(allocators);
            SubjectList.peers(against);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.badUsage(String.valueOf(e.getMessage()));
        }
    }

    private Path existing(String trace) {
        Path file = surroundings.workingDirectory().resolve(trace);
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw CommandFailure.failed(file + ": no such trace (name a .mtrc.gz file)");
        }
        requireTrace(file);
        return file;
    }

    /** Before anything is measured for it. */
    private static void requireTrace(Path file) {
        try {
            TraceReader.open(file).close();
        } catch (TraceFormatException e) {
            throw CommandFailure.failed(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw CommandFailure.failed(file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
