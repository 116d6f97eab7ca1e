// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.bench.cli.Metalloc.Ended;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files are refused in one line, in bounded memory and time. */
class FuzzedFilesIT {

    private static final int FILES = 2_001;

    @TempDir
    Path scratch;

    @Test
    void shouldRefuseDamagedFilesWithinBounds() throws Exception {
        Metalloc metalloc = new Metalloc(scratch);
        Ended profiled = metalloc.run(Metalloc.behind(
                List.of("profile", "-o", "run.mprof", "--trace", "run.mtrc.gz"),
                Metalloc.java(TracedApplication.class.getName())));
        assertEquals(0, profiled.exitCode(), profiled.err());
        String seed = Long.toString(System.nanoTime());
        System.out.println("seed " + seed);
        List<String> line =
                new ArrayList<>(Metalloc.java(FuzzedFiles.class.getName(), "run.mprof", "run.mtrc.gz", ".", seed));
        line.addAll(
                1, List.of("-Xmx160m", "-XX:MaxMetaspaceSize=64m", "-XX:MaxDirectMemorySize=16m", "-XX:+UseSerialGC"));
        int classPath = line.indexOf("-cp") + 1;
        line.set(classPath, line.get(classPath) + ":" + Metalloc.INSTALLATION.resolve("launcher/target/lib/*"));
        Ended fuzzed = metalloc.run(line);
        assertEquals(0, fuzzed.exitCode(), fuzzed.err());
        System.out.println(fuzzed.out().strip());
        long refused = figure("refused", fuzzed.out());
        assertEquals(FILES, refused + figure("read", fuzzed.out()));
        assertTrue(refused > FILES / 2, fuzzed.out());
        assertTrue(figure("longestMillis", fuzzed.out()) < 10_000, fuzzed.out());
        assertTrue(figure("peakMiB", fuzzed.out()) < 256, fuzzed.out());
    }

    private static long figure(String name, String line) {
        Matcher matcher = Pattern.compile(name + "=(\\d+)").matcher(line);
        assertTrue(matcher.find(), line);
        return Long.parseLong(matcher.group(1));
    }
}
