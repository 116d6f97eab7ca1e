// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * All that a start's preparation depends on, in a text that changes when any of it does: the store's files, the class
 * path, the seeds, this version of metalloc, the machine.
 *
 * <p>An application waits for this: it is plain code, since what streams, patterns and beans load takes longer than all
 * the files.
 */
final class StartStamp {

    // What the plan's limit is made from, in the kernel's own words; the JVM's beans for it take 50 ms to load.
    private static final String[] MEMORY = {
        "/proc/meminfo", "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"
    };

    // Coarser than any file system's clock: a file changed twice within one tick looks the same after both.
    private static final long REST_MILLIS = 2_000;

    private final StringBuilder text = new StringBuilder(1024);
    private final long nowMillis = System.currentTimeMillis();
    private long newestMillis;

    /**
     * Looks at the files as they are now.
     *
     * @param classPath of the application
     * @param javaVersion of the JVM that is started
     */
    StartStamp(Surroundings surroundings, String app, List<Path> classPath, String javaVersion) {
        MetallocHome home = MetallocHome.of(surroundings);
        word(app);
        word(javaVersion);
        word(Instance.name(surroundings));
        for (String file : MEMORY) {
            firstLine(file);
        }
        file(surroundings.installation().resolve("launcher/target/metalloc-launcher.jar"));
        file(home.store());
        file(home.store().resolveSibling(home.store().getFileName() + "-wal"));
        files(home.seeds());
        for (Path entry : classPath) {
            file(entry);
        }
    }

    String text() {
        return text.toString();
    }

    /** Whether every file has been at rest for so long that its next change will be seen by its time. */
    boolean isAtRest() {
        return newestMillis < nowMillis - REST_MILLIS;
    }

    private void word(String word) {
        text.append(word.replace('\n', ' ')).append('|');
    }

    private void firstLine(String file) {
        String lines = SmallFile.text(file);
        int end = lines.indexOf('\n');
        word(end < 0 ? lines : lines.substring(0, end));
    }

    private void file(Path file) {
        word(file.toString());
        FileState state = FileState.of(file);
        word(state.text());
        newestMillis = Math.max(newestMillis, state.modifiedMillis());
    }

    private void files(Path folder) {
        file(folder);
        if (!Files.exists(folder)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path each : files) {
                file(each);
            }
        } catch (IOException e) {
            word("none");
        }
    }
}
