// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.attach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;

/**
 * A file of this user that a JVM of another user is to read: a copy of that user's own, since our folders need not let him in. It is
 * gone when this is closed.
 */
public final class LentFile implements AutoCloseable {

    private final Path file;
    private final boolean isCopy;

    private LentFile(Path file, boolean isCopy) {
        this.file = file;
        this.isCopy = isCopy;
    }

    /** The file itself where the process is this user's, or where it cannot be lent: then the JVM says that it cannot read it. */
    public static LentFile to(RunningProcess process, Path file) {
        UserPrincipal owner = process.otherOwner().orElse(null);
        if (owner == null) {
            return new LentFile(file, false);
        }
        try {
            Path folder = Files.createTempDirectory("metalloc-lent-");
            LentFile lent = new LentFile(Files.copy(file, folder.resolve("lent")), true);
            Files.setOwner(lent.file, owner);
            Files.setOwner(folder, owner);
            return lent;
        } catch (IOException e) {
            return new LentFile(file, false);
        }
    }

    public Path file() {
        return file;
    }

    @Override
    public void close() {
        Path folder = file.getParent();
        if (!isCopy || folder == null) {
            return;
        }
        try {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            return; // a few hundred bytes among the temporary files
        }
    }
}
