// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay;

import dev.metalloc.classifier.Objective;
import dev.metalloc.replay.timing.Subject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a replay is asked for, as it travels to the JVM that measures.
 *
 * @param costs calibrated costs, or none for those shipped
 * @param showsProgress whether to say on standard error what is being done
 */
public record ReplayRequest(
        List<Path> traces,
        List<Subject> ours,
        List<Subject> peers,
        Objective objective,
        Optional<Path> costs,
        boolean quick,
        boolean json,
        boolean showsProgress) {

    public static final String DEFAULT_OURS = "bump,slab,buddy,segregated,auto";
    public static final String DEFAULT_PEERS = "glibc,jemalloc,mimalloc,tcmalloc";

    private static final int OPTION_COUNT = 7;

    public ReplayRequest {
        traces = List.copyOf(traces);
        ours = List.copyOf(ours);
        peers = List.copyOf(peers);
    }

    /** As words that {@link #parse} reads. */
    public static List<String> words(
            String ours,
            String peers,
            Objective objective,
            String costs,
            boolean quick,
            boolean json,
            boolean progress) {
        return List.of(
                ours,
                peers,
                objective.name(),
                costs,
                String.valueOf(quick),
                String.valueOf(json),
                String.valueOf(progress));
    }

    /** @throws IllegalArgumentException naming what is wrong */
    static ReplayRequest parse(String[] words) {
        List<Path> traces = new ArrayList<>();
        for (int i = OPTION_COUNT; i < words.length; i++) {
            traces.add(Path.of(words[i]));
        }
        return new ReplayRequest(
                traces,
                SubjectList.ours(words[0]),
                SubjectList.peers(words[1]),
                Objective.valueOf(words[2]),
                words[3].isEmpty() ? Optional.empty() : Optional.of(Path.of(words[3])),
                Boolean.parseBoolean(words[4]),
                Boolean.parseBoolean(words[5]),
                Boolean.parseBoolean(words[6]));
    }
}
