// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/**
 * What tells that a file has changed, without reading it.
 *
 * @param text its size, time and identity in words, or that there is none
 * @param modifiedMillis 0 where there is none
 */
record FileState(String text, long modifiedMillis) {

    private static final FileState ABSENT = new FileState("none", 0);

    static FileState of(Path file) {
        try {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            String text =
                    found.size() + " " + found.lastModifiedTime().to(TimeUnit.NANOSECONDS) + " " + found.fileKey();
            return new FileState(text, found.lastModifiedTime().toMillis());
        } catch (IOException e) {
            return ABSENT;
        }
    }
}
