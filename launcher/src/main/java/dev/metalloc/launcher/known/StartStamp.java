// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import java.io.BufferedReader;
import java.io.FileReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.TimeUnit;

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

    private final StringBuilder text = new StringBuilder(1024);

    private StartStamp() {}

    static String of(Surroundings surroundings, String app, List<Path> classPath, String javaVersion) {
        MetallocHome home = MetallocHome.of(surroundings);
        StartStamp stamp = new StartStamp();
        stamp.word(app);
        stamp.word(javaVersion);
        stamp.word(Instance.name(surroundings));
        for (String file : MEMORY) {
            stamp.firstLine(Path.of(file));
        }
        stamp.file(surroundings.installation().resolve("launcher/target/metalloc-launcher.jar"));
        stamp.file(home.store());
        stamp.file(home.store().resolveSibling(home.store().getFileName() + "-wal"));
        stamp.files(home.seeds());
        for (Path entry : classPath) {
            stamp.file(entry);
        }
        return stamp.text.toString();
    }

    private void word(String word) {
        text.append(word.replace('\n', ' ')).append('|');
    }

    private void firstLine(Path file) {
        try (BufferedReader reader = new BufferedReader(new FileReader(file.toFile(), StandardCharsets.ISO_8859_1))) {
            word(String.valueOf(reader.readLine()));
        } catch (IOException e) {
            word("none");
        }
    }

    private void file(Path file) {
        word(file.toString());
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            text.append(attributes.size())
                    .append(' ')
                    .append(attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS))
                    .append(' ')
                    .append(attributes.fileKey());
        } catch (IOException e) {
            text.append("none");
        }
        text.append('|');
    }

    private void files(Path folder) {
        file(folder);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path each : files) {
                file(each);
            }
        } catch (IOException e) {
            word("none");
        }
    }
}
