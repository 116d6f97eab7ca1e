// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.regret;

import dev.metalloc.replay.SubjectList;
import dev.metalloc.replay.timing.InterleavedTimer;
import dev.metalloc.replay.timing.Subject;
import dev.metalloc.replay.timing.Timing;
import dev.metalloc.replay.trace.TraceCompiler;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Times some candidates in turn, in a JVM of their own: a replayed allocator keeps its memory as long as its JVM lives, and there are
 * hundreds.
 */
public final class TimedBatch {

    private static final String THOROUGH = "THOROUGH";
    /** Of hundreds of candidates one copy each: the best of them are timed again. */
    private static final InterleavedTimer.Effort ONCE =
            new InterleavedTimer.Effort(200_000_000, 5_000_000, 7, 500_000_000, 1);

    private TimedBatch() {}

    /** Arguments: trace, name of an effort, subjects. Prints a line for each subject: nanoseconds for an event and their error. */
    public static void main(String[] words) throws IOException {
        List<Subject> subjects = new ArrayList<>();
        for (String text : List.of(words).subList(2, words.length)) {
            Subject subject = SubjectList.ours(text).get(0);
            subjects.add(
                    Subject.ours(subjects.size() + " " + subject.label(), subject.allocator(), subject.parameters()));
        }
        InterleavedTimer.Effort effort = words[1].equals(THOROUGH) ? InterleavedTimer.Effort.THOROUGH : ONCE;
        Map<Subject, Timing> timings =
                new InterleavedTimer(effort).time(TraceCompiler.compile(Path.of(words[0])), subjects);
        Timing unserved = new Timing(Double.POSITIVE_INFINITY, 0);
        for (Subject subject : subjects) {
            Timing timing = timings.getOrDefault(subject, unserved);
            System.out.println(timing.nanosPerEvent() + " " + timing.nanosPerEventError());
        }
    }

    /** Starts such a JVM, with this one's options, and answers the timings in the candidates' order. */
    static List<Timing> time(Path trace, boolean thorough, List<Candidate> candidates)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.command().addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        builder.command().addAll(List.of("-cp", System.getProperty("java.class.path"), TimedBatch.class.getName()));
        builder.command().addAll(List.of(trace.toString(), thorough ? THOROUGH : "ONCE"));
        candidates.forEach(candidate -> builder.command().add(candidate.text()));
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<Timing> timings = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .map(TimedBatch::parse)
                .toList();
        if (process.waitFor() != 0 || timings.size() != candidates.size()) {
            throw new IOException(trace + ": the measuring JVM failed (see above)");
        }
        return timings;
    }

    private static Timing parse(String line) {
        int space = line.indexOf(' ');
        return new Timing(Double.parseDouble(line.substring(0, space)), Double.parseDouble(line.substring(space + 1)));
    }
}
