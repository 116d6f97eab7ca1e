// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads a file at once, with as few classes as that takes: an application waits for it to start, and in a JVM that has just
 * started a decoder or an exception costs more than the file.
 */
final class SmallFile {

    private SmallFile() {}

    /** The file's text; empty where there is none to read. */
    static String text(String file) {
        if (!new File(file).canRead()) {
            return "";
        }
        try (FileInputStream in = new FileInputStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return ""; // gone meanwhile, or a folder
        }
    }
}
