// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.launcher.Surroundings;
import dev.metalloc.policy.store.ProfileLabels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who this machine is in a fleet. */
public final class Instance {

    private static final Path KERNEL_HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private Instance() {}

    /** {@code METALLOC_INSTANCE}, else the machine's name: what roll-outs tell instances apart by. */
    public static String name(Surroundings surroundings) {
        return surroundings.variable("METALLOC_INSTANCE").orElseGet(Instance::host);
    }

    /** What its profiles are labelled with: the application's version, and {@code METALLOC_ROLE}. */
    public static ProfileLabels labels(Surroundings surroundings, String appVersion) {
        return new ProfileLabels(
                appVersion, surroundings.variable("METALLOC_ROLE").orElse(""));
    }

    /** As the kernel knows it; asking the resolver could wait for a network. */
    static String host() {
        try {
            return Files.readString(KERNEL_HOST_NAME).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
