// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.classifier.Objective;
import dev.metalloc.replay.trace.TraceText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole replays, each in a JVM of its own, as the command starts them. */
class ReplayRunTest {

    @TempDir
    Path folder;

    private record Ended(int exitCode, String out, String err) {}

    private Ended replay(String heap, String ours, String peers, boolean json, Path... traces)
            throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ReplayMain.class.getName()));
        line.addAll(ReplayRequest.words(ours, peers, Objective.BALANCED, "", true, json, false));
        for (Path trace : traces) {
            line.add(trace.toString());
        }
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(line)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        int exitCode = process.waitFor();
        return new Ended(
                exitCode,
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8).strip());
    }

    private Path small() {
        TraceText text = new TraceText();
        for (int i = 0; i < 200; i++) {
            int block = text.allocate(i % 2, 50_000 + i, 0, false);
            text.free(0, block);
        }
        return text.writeTo(folder.resolve("small.mtrc.gz"));
    }

    private static List<String> values(String name, String json) {
        List<String> values = new ArrayList<>();
        Matcher matcher =
                Pattern.compile('"' + name + "\": ?(\"[^\"]*\"|[^,}\\s]+)").matcher(json);
        while (matcher.find()) {
            values.add(matcher.group(1));
        }
        return values;
    }

    @Test
    void shouldPrintARowForEachAndTheReasonOfThoseThatAreAbsent() throws Exception {
        Ended ended = replay("512m", "segregated,slab[classes=64]", "floor", true, small());
        assertEquals("", ended.err());
        assertEquals(0, ended.exitCode());
        String json = ended.out();
        assertEquals(List.of("\"small\"", "\"small\"", "\"small\""), values("trace", json));
        assertEquals(List.of("\"segregated\"", "\"slab[classes=64]\"", "\"floor\""), values("allocator", json));
        assertEquals(List.of("400", "400", "400"), values("events", json));
        assertEquals(List.of("\"cannot serve 50000 bytes aligned to 1\""), values("absent", json));
        List<String> nanos = values("nanosPerEvent", json);
        assertTrue(Double.parseDouble(nanos.get(0)) > 0, json);
        assertEquals("null", nanos.get(1));
        assertEquals("null", values("nanosPerEventError", json).get(1));
        assertEquals(List.of("50199", "50199", "50199"), values("peakRequestedBytes", json));
        List<String> peaks = values("peakBytes", json);
        assertTrue(Long.parseLong(peaks.get(0)) >= 50_199, json);
        assertEquals(List.of("null", "50199"), peaks.subList(1, 3));
        for (String field : List.of("fragmentation", "wasteInBlocksBytes", "recordBytes", "parameters")) {
            assertEquals(2, values(field, json).size(), field);
        }
        assertEquals(3, values("chosen", json).size());
    }

    @Test
    void shouldSayThatATraceIsTooLargeAndKeepWhatCameBefore() throws Exception {
        TraceText large = new TraceText();
        for (int i = 0; i < 2_000_000; i++) {
            large.allocate(16);
        }
        Path trace = large.writeTo(folder.resolve("large.mtrc.gz"));
        Ended ended = replay("64m", "", "floor", true, small(), trace);
        assertEquals(1, ended.exitCode());
        assertTrue(ended.err().startsWith("metalloc: " + trace + ": trace too large for a replay's "), ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
        assertEquals(List.of("\"small\""), values("trace", ended.out()));
        assertTrue(ended.out().strip().endsWith("]"), ended.out());
    }

    @Test
    void shouldGoOnBesideWhatNobodyCanServe() throws Exception {
        TraceText text = new TraceText();
        text.allocate(1L << 50);
        Path huge = text.writeTo(folder.resolve("huge.mtrc.gz"));
        TraceText other = new TraceText();
        other.allocate(0, 100, 25, false);
        Path aligned = other.writeTo(folder.resolve("aligned.mtrc.gz"));
        Ended ended = replay("512m", "auto", "floor", true, huge, aligned, small());
        assertEquals("", ended.err());
        assertEquals(0, ended.exitCode());
        List<String> absences = values("absent", ended.out());
        assertEquals(3, absences.size(), ended.out());
        assertTrue(absences.get(0).startsWith("\"the trace holds "), absences.get(0));
        assertEquals(absences.get(0), absences.get(1));
        assertEquals("\"no allocator serves blocks of up to 100 B aligned to up to 32 MiB\"", absences.get(2));
        assertEquals(6, values("allocator", ended.out()).size());
    }
}
