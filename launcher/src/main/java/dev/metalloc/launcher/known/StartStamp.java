// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * All that a start's preparation depends on, in a text that changes when any of it does: the store's files, the class
 * path, the seeds, this version of metalloc, the machine.
 */
final class StartStamp {

    private final StringBuilder text = new StringBuilder(1024);

    private StartStamp() {}

    static String of(Surroundings surroundings, String app, List<Path> classPath, String javaVersion) {
        MetallocHome home = MetallocHome.of(surroundings);
        StartStamp stamp = new StartStamp();
        stamp.word(app);
        stamp.word(javaVersion);
        stamp.word(Instance.name(surroundings));
        stamp.word(String.valueOf(PlanFile.memoryBytes()));
        stamp.file(surroundings.installation().resolve("launcher/target/metalloc-launcher.jar"));
        stamp.file(home.store());
        stamp.file(home.store().resolveSibling(home.store().getFileName() + "-wal"));
        stamp.files(home.seeds());
        classPath.forEach(stamp::file);
        return stamp.text.toString();
    }

    private void word(String word) {
        text.append(word.replace('\n', ' ')).append('|');
    }

    private void file(Path file) {
        word(file.toString());
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            text.append(attributes.size())
                    .append(' ')
                    .append(attributes.lastModifiedTime().toInstant())
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
            files.forEach(this::file);
        } catch (IOException e) {
            word("none");
        }
    }
}
