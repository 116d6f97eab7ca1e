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
 * <p>A profile lies in the folder itself, or in one below it whose name says its labels. Any number of processes may sweep
 * at once: the store keeps each profile once, and a file is deleted only after it is stored, so a sweep that dies, or a
 * server that goes away in the middle, loses nothing, and what is delivered again changes nothing.
 */
public final class Spool {

    private static final String SUFFIX = "*.mprof";
    private static final String SET_ASIDE = "bad";

    // One transaction a batch: as many profiles as make its own cost small, and no more bytes than a client has to
    // spare.
    private static final int BATCH_PROFILES = 64;
    private static final long BATCH_BYTES = 8L << 20;

    // The recorder's memory is capped far below; what is larger was never a profile, and must not fill this JVM's heap.
    private static final long MOST_PROFILE_BYTES = 64L << 20;

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
        NewProfile read(byte[] bytes, ProfileLabels labels) throws IOException;
    }

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

    /** The folder to drop profiles with these labels in. */
    public Path folder(ProfileLabels labels) {
        return labels.equals(ProfileLabels.NONE) ? folder : folder.resolve(labels.folderName());
    }

    /** Whether nothing waits here. */
    public boolean isEmpty() {
        return new Sweeping().files().isEmpty();
    }

    /**
     * Takes every profile of the folder into the store.
     *
     * @throws PolicyStoreException where the store cannot be written; the files it did not take stay where they are
     */
    public Sweep sweep(PolicyStore store) {
        return new Sweeping().into(store.profiles());
    }

    /** One sweep, from listing the files to deleting them. */
    private final class Sweeping {

        private final List<String> problems = new ArrayList<>();
        private final List<Path> batchFiles = new ArrayList<>();
        private final List<NewProfile> batch = new ArrayList<>();
        private long batchBytes;
        private int stored;
        private int known;

        Sweep into(ProfileTable profiles) {
            for (Path file : files()) {
                take(file);
                if (batch.size() >= BATCH_PROFILES || batchBytes >= BATCH_BYTES) {
                    deliver(profiles);
                }
            }
            deliver(profiles);
            return new Sweep(stored, known, problems);
        }

        // By name, so that two sweeps of the same files report them alike.
        List<Path> files() {
            List<Path> files = new ArrayList<>();
            for (Path entry : entries(folder, "*")) {
                if (!Files.isDirectory(entry)) {
                    continue;
                }
                if (!entry.endsWith(SET_ASIDE)) {
                    files.addAll(entries(entry, SUFFIX));
                }
            }
            files.addAll(entries(folder, SUFFIX));
            files.removeIf(file -> !Files.isRegularFile(file));
            return files;
        }

        private List<Path> entries(Path parent, String glob) {
            List<Path> entries = new ArrayList<>();
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(parent, glob)) {
                stream.forEach(entries::add);
            } catch (NoSuchFileException | NotDirectoryException e) {
                return List.of();
            } catch (IOException | DirectoryIteratorException e) {
                problems.add(parent + ": cannot be listed (check its rights)");
            }
            Collections.sort(entries);
            return entries;
        }

        private void take(Path file) {
            byte[] bytes;
            try {
                if (Files.size(file) > MOST_PROFILE_BYTES) {
                    setAside(file, new IOException("too large for a profile"));
                    return;
                }
                bytes = Files.readAllBytes(file);
            } catch (NoSuchFileException e) {
                // Another sweep was faster, and has stored it.
                known++;
                return;
            } catch (IOException e) {
                problems.add(file + ": cannot be read (check its rights)");
                return;
            }
            try {
                batch.add(reader.read(bytes, labels(file)));
                batchFiles.add(file);
                batchBytes += bytes.length;
            } catch (IOException | RuntimeException e) {
                setAside(file, e);
            }
        }

        private ProfileLabels labels(Path file) {
            Path parent = file.getParent();
            return parent == null || parent.equals(folder)
                    ? ProfileLabels.NONE
                    : ProfileLabels.ofFolder(String.valueOf(parent.getFileName()));
        }

        private void deliver(ProfileTable profiles) {
            if (batch.isEmpty()) {
                return;
            }
            int added = profiles.addAll(batch);
            stored += added;
            known += batch.size() - added;
            batchFiles.forEach(this::delete);
            batch.clear();
            batchFiles.clear();
            batchBytes = 0;
        }

        private void delete(Path file) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                problems.add(file + ": stored, but cannot be deleted (check the folder's rights)");
            }
        }

        /** Moves a file that is no profile to {@code bad}, beside what was moved there before under the same name. */
        private void setAside(Path file, Exception cause) {
            Path bad = folder.resolve(SET_ASIDE);
            try {
                Files.createDirectories(bad);
                Path target = bad.resolve(file.getFileName());
                for (int i = 1; Files.exists(target); i++) {
                    target = bad.resolve(file.getFileName() + "." + i);
                }
                Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
                problems.add(file + ": " + firstLine(cause) + " (moved to " + target + ")");
            } catch (NoSuchFileException e) {
                // Another sweep was faster, and has told.
                known++;
            } catch (IOException e) {
                problems.add(file + ": " + firstLine(cause) + " (and cannot be moved to " + bad + ")");
            }
        }

        private static String firstLine(Exception cause) {
            return String.valueOf(cause.getMessage()).lines().findFirst().orElse("unreadable");
        }
    }
}
