// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.policy.store.ProfileLabels;
import dev.metalloc.policy.store.Spool;
import java.nio.file.Path;
import java.util.Optional;

/** Who this machine is in a fleet. */
public final class Instance {

    private static final String KERNEL_HOST_NAME = "/proc/sys/kernel/hostname";

    private Instance() {}

    /** {@code METALLOC_INSTANCE}, else the machine's name: what roll-outs tell instances apart by. */
    public static String name(Surroundings surroundings) {
        Optional<String> named = surroundings.variable("METALLOC_INSTANCE");
        return named.isPresent() ? named.get() : host();
    }

    /** Where its profiles wait to be stored: the folder says the application's version, and {@code METALLOC_ROLE}. */
    public static Path spool(Surroundings surroundings, String appVersion) {
        ProfileLabels labels = new ProfileLabels(
                appVersion, surroundings.variable("METALLOC_ROLE").orElse(""));
        return new Spool(MetallocHome.of(surroundings).spool(), new SpooledProfile()).folder(labels);
    }

    /** As the kernel knows it; asking the resolver could wait for a network. */
    static String host() {
        String host = SmallFile.text(KERNEL_HOST_NAME).strip();
        return host.isEmpty() ? "unknown" : host;
    }
}
