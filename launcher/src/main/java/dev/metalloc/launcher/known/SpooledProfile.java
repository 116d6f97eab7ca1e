// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.policy.store.ProfileMeta;
import dev.metalloc.policy.store.Spool;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads of a profile that a run left behind what the store keeps beside its bytes. */
final class SpooledProfile implements Spool.ProfileReader {

    @Override
    public Spool.Identified read(byte[] bytes) throws IOException {
        Profile profile = ProfileReader.decode(ByteBuffer.wrap(bytes));
        ProfileMeta meta = new ProfileMeta(
                profile.run().startEpochMillis(),
                host(),
                profile.run().javaVersion(),
                profile.allocateCount(),
                profile.freeCount());
        return new Spool.Identified(profile.run().app(), meta);
    }

    /** As the kernel knows it; asking the resolver could wait for a network. */
    private static String host() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
