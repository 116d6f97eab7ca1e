// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanFormat;
import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import example.app.Steps;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a JVM in run mode leaves behind that says how it ended. */
class RunMarkIT {

    @TempDir
    Path folder;

    private Path marks;
    private ChildJvm child;
    private Process process;

    @BeforeEach
    void start() throws IOException {
        marks = Files.createDirectory(folder.resolve("marks"));
        Path plan = folder.resolve("a.plan");
        PlanRule rule = new PlanRule(EntryPoint.UNSAFE, PlanRule.ANY_SITE, 1, 4_096, AllocatorSpec.of("slab"));
        PlanFormat.write(plan, new Plan("known", "a test", 0, List.of(rule)));
        child = new ChildJvm(folder)
                .agent("run,plan=" + plan + ",cache=" + folder.resolve("cache") + ",marks=" + marks);
        process = child.start(Steps.class);
    }

    @AfterEach
    void end() throws Exception {
        process.destroyForcibly().waitFor();
    }

    /** The first start prepares, the second takes the short way. */
    @Test
    void shouldSayHowItEnded() throws Exception {
        for (int start = 1; start <= 2; start++) {
            Path mark = serving();
            try (FileChannel channel = FileChannel.open(mark, StandardOpenOption.WRITE)) {
                try (FileLock lock = channel.tryLock()) {
                    assertNull(lock);
                }
                process.getOutputStream().close();
                assertEquals(0, child.await(process).exitCode());
            }
            assertEquals(start, count(".ended"));
            assertEquals(0, count(""));
            process = child.start(Steps.class);
        }
        serving();
        process.destroy();
        process.waitFor();
        assertEquals(3, count(".ended"));

        process = child.start(Steps.class);
        Path mark = serving();
        process.destroyForcibly().waitFor();
        assertEquals(3, count(".ended"));
        try (FileChannel channel = FileChannel.open(mark, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            assertNotNull(lock);
        }
    }

    /** Waits until it holds its mark. */
    private Path serving() throws Exception {
        ProfileModeIT.awaitThat(
                process, () -> Files.readAllLines(child.out().toPath()).contains("step 0 wrong 0"));
        Path mark;
        try (Stream<Path> files = Files.list(marks)) {
            mark = files.filter(file -> !file.toString().endsWith(".ended"))
                    .findFirst()
                    .orElseThrow();
        }
        ProfileModeIT.awaitThat(process, () -> isLocked(mark));
        return mark;
    }

    private static boolean isLocked(Path mark) throws IOException {
        try (FileChannel channel = FileChannel.open(mark, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        }
    }

    private long count(String end) throws IOException {
        try (Stream<Path> files = Files.list(marks)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.matches("[0-9]+-[0-9]+" + end))
                    .count();
        }
    }
}
