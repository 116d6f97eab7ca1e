// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The folder JVMs drop their profiles in as they end; a sweep takes them into the store.
 *
 * <p>Any number of processes may sweep at once: the store keeps each profile once, and a file is deleted only after it is
 * stored, so a sweep that dies loses nothing.
 */
public final class Spool {

    private static final String SUFFIX = "*.mprof";

    private final Path folder;
    private final ProfileReader reader;

    /**
     * @param folder may not exist yet
     * @param reader tells what a profile's bytes are
     */
    public Spool(Path folder, ProfileReader reader) {
        this.folder = folder;
        this.reader = reader;
    }

    /** Reads what the store must know of a profile. */
    @FunctionalInterface
    public interface ProfileReader {

        /**
         * Reads a profile's application and meta data.
         *
         * @throws IOException with one clear line where the bytes are no profile this version reads
         */
        Identified read(byte[] bytes) throws IOException;
    }

    /** A profile's application, and what is kept of it. */
    public record Identified(String app, ProfileMeta meta) {}

    /**
     * What a sweep did.
     *
     * @param storedCount profiles this sweep added
     * @param knownCount profiles the store had already, or that another sweep took meanwhile
     * @param problems one line each: files that were set aside or could not be read
     */
    public record Sweep(int storedCount, int knownCount, List<String> problems) {

        public Sweep {
            problems = List.copyOf(problems);
        }
    }

    /**
     * Takes every profile of the folder into the store.
     *
     * @throws PolicyStoreException where the store cannot be written; the files stay where they are
     */
    public Sweep sweep(PolicyStore store) {
        List<String> problems = new ArrayList<>();
        int stored = 0;
        int known = 0;
        for (Path file : files(problems)) {
            try {
                if (take(file, store, problems)) {
                    stored++;
                } else {
                    known++;
                }
            } catch (NoSuchFileException e) {
                // Another sweep was faster, and has stored it.
                known++;
            } catch (Unreadable | IOException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        return new Sweep(stored, known, problems);
    }

    // By name, so that two sweeps of the same files report them alike.
    private List<Path> files(List<String> problems) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, SUFFIX)) {
            for (Path entry : entries) {
                if (Files.isRegularFile(entry)) {
                    files.add(entry);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException | DirectoryIteratorException e) {
            problems.add(folder + ": cannot be listed (check its rights)");
        }
        Collections.sort(files);
        return files;
    }

    /** Stores one file and deletes it; true where the store did not have it yet. */
    private boolean take(Path file, PolicyStore store, List<String> problems) throws IOException, Unreadable {
        byte[] bytes = Files.readAllBytes(file);
        Identified profile;
        try {
            profile = reader.read(bytes);
        } catch (IOException | RuntimeException e) {
            throw setAside(file, e);
        }
        boolean added = store.addProfile(profile.app(), bytes, profile.meta());
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            problems.add(file + ": stored, but cannot be deleted (check the folder's rights)");
        }
        return added;
    }

    /** Moves a file that is no profile to {@code bad}, beside what was moved there before under the same name. */
    private Unreadable setAside(Path file, Exception cause) throws IOException {
        Path bad = folder.resolve("bad");
        Files.createDirectories(bad);
        Path target = bad.resolve(file.getFileName());
        for (int i = 1; Files.exists(target); i++) {
            target = bad.resolve(file.getFileName() + "." + i);
        }
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        return new Unreadable(
                file + ": "
                        + String.valueOf(cause.getMessage()).lines().findFirst().orElse("unreadable") + " (moved to "
                        + target + ")",
                cause);
    }

    private static final class Unreadable extends Exception {

        private static final long serialVersionUID = 1L;

        Unreadable(String message, Exception cause) {
            super(message, cause);
        }
    }
}
