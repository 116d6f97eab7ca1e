// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How profiles are called that the user gave no name. */
final class ProfileFile {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    private ProfileFile() {}

    /** {@code <app>-<time>-<pid>.mprof}: sorts by application and time, and is unique on a machine. */
    static Path in(Path folder, String app, LocalDateTime time, long processId) {
        return folder.resolve(safe(app) + "-" + TIME.format(time) + "-" + processId + ".mprof");
    }

    /** An application's name as a file name. */
    static String safe(String app) {
        String name = app.replaceAll("[^A-Za-z0-9._-]", "_");
        return name.length() <= 100 ? name : name.substring(0, 100);
    }
}
