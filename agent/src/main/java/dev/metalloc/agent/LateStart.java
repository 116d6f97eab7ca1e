// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.train.ImageFile;
import java.io.File;
import java.lang.instrument.Instrumentation;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a quick start leaves for when memory is asked for, and for the end of the JVM. */
final class LateStart implements Function<Object, @Nullable Runnable>, Runnable {

    private final Instrumentation instrumentation;
    private final File imageFile;
    private volatile @Nullable RunSession session;

    LateStart(Instrumentation instrumentation, File imageFile) {
        this.instrumentation = instrumentation;
        this.imageFile = imageFile;
    }

    /** Makes the plan's allocators. */
    @Override
    public @Nullable Runnable apply(Object plan) {
        try {
            // Before the classes that name the runtime's.
            RuntimeInstaller.open(instrumentation);
            RunSession made = RunSession.withoutSites(plan, ImageFile.laterClasses(imageFile));
            session = made;
            return made.apply(plan);
        } catch (Throwable failure) {
            MetallocAgent.sayUntouched(failure);
            return null;
        }
    }

    /** Says what was served. */
    @Override
    public void run() {
        RunSession made = session;
        if (made != null) {
            made.run();
        }
    }
}
