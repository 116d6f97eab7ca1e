// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.jvm.ApplicationLine;
import dev.metalloc.policy.identity.AppIdentity;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Under which name an application is known. */
final class Identities {

    private Identities() {}

    /** A script says nothing about the class it starts, so its own name has to do. */
    static AppIdentity of(@Nullable String explicitName, ApplicationLine line, Surroundings surroundings) {
        String name = explicitName;
        if (name == null && !line.startsJava()) {
            name = String.valueOf(Path.of(line.words().getFirst()).getFileName());
        }
        return AppIdentity.of(name, line.words(), surroundings.workingDirectory());
    }
}
