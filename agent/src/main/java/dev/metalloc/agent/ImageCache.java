// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.train.ImageFile;
import dev.metalloc.agent.train.ImageTrainer;
import dev.metalloc.agent.train.PreparedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the prepared image for this JDK, agent and mode, or has it made. */
final class ImageCache {

    private final PreparedImage image;
    private final @Nullable Path file;
    private final boolean madeNow;

    private ImageCache(PreparedImage image, @Nullable Path file, boolean madeNow) {
        this.image = image;
        this.file = file;
        this.madeNow = madeNow;
    }

    /**
     * The image, from the folder where it fits, else made now and kept there.
     *
     * @param folder where images are kept, or null for nowhere; an unwritable one only costs the next start
     */
    static ImageCache load(AgentMode mode, Path agentJar, @Nullable Path folder) throws IOException {
        String key = ImageKey.of(mode, agentJar.toFile());
        Path file = folder == null ? null : folder.resolve(ImageKey.fileName(mode, key));
        if (file != null) {
            PreparedImage kept = ImageFile.read(file, key);
            if (kept != null) {
                return new ImageCache(kept, file, false);
            }
        }
        PreparedImage made = ImageTrainer.train(mode, key, agentJar);
        if (file != null) {
            keep(file, made);
        }
        return new ImageCache(made, file, true);
    }

    PreparedImage image() {
        return image;
    }

    /** Whether the image was there, so that it knows how the JVM offers the classes. */
    boolean wasKept() {
        return !madeNow;
    }

    /**
     * Keeps the classes as this JVM offered them, where the image was made just now: it writes some class files anew, of
     * another length than the JDK's own.
     */
    void learn(HookInstaller installed) {
        if (madeNow && file != null && installed.hasRewoven()) {
            List<PreparedImage.HookedClassFile> classes = new ArrayList<>();
            for (PreparedImage.HookedClassFile known : image.hookedClasses()) {
                classes.add(installed.asInstalled(known));
            }
            keep(file, image.withHooked(classes));
        }
    }

    private static void keep(Path file, PreparedImage image) {
        try {
            ImageFile.write(file, image);
        } catch (IOException e) {
            // The image in hand serves this start; the next one makes it again.
            return;
        }
    }
}
