// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.train.ImageFile;
import java.io.File;
import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a quick start leaves for when memory is asked for, and for the end of the JVM. */
final class LateStart implements Function<Object, @Nullable Runnable>, Runnable {

    private final Instrumentation instrumentation;
    private final File imageFile;
    private final @Nullable Path marks;
    private volatile @Nullable RunSession session;
    private volatile boolean ended;

    /** @param marks where to say how the run ends, or null */
    LateStart(Instrumentation instrumentation, File imageFile, @Nullable Path marks) {
        this.instrumentation = instrumentation;
        this.imageFile = imageFile;
        this.marks = marks;
    }

    /** Makes the plan's allocators. */
    @Override
    public @Nullable Runnable apply(Object plan) {
        try {
            // Before the classes that name the runtime's.
            RuntimeInstaller.open(instrumentation);
            RunSession made = RunSession.withoutSites(plan, ImageFile.laterClasses(imageFile), marks);
            session = made;
            if (ended) {
                return null; // nobody is left to say how it ended
            }
            return made.apply(plan);
        } catch (Throwable failure) {
            MetallocAgent.sayUntouched(failure);
            return null;
        }
    }

    /** Says what was served. */
    @Override
    public void run() {
        ended = true;
        RunSession made = session;
        if (made != null) {
            made.run();
        }
    }
}
