// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.policy.store.NewProfile;
import dev.metalloc.policy.store.ProfileLabels;
import dev.metalloc.policy.store.ProfileMeta;
import dev.metalloc.policy.store.Spool;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileReader;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads of a profile that a run of this machine left behind what the store keeps beside its bytes. */
public final class SpooledProfile implements Spool.ProfileReader {

    private static final double UNWEIGHTED = 1;

    @Override
    public NewProfile read(byte[] bytes, ProfileLabels labels) throws IOException {
        Profile profile = ProfileReader.decode(ByteBuffer.wrap(bytes));
        ProfileMeta meta = new ProfileMeta(
                profile.run().startEpochMillis(),
                profile.run().durationNanos(),
                Instance.host(),
                profile.run().javaVersion(),
                labels,
                UNWEIGHTED,
                profile.allocateCount(),
                profile.freeCount());
        return new NewProfile(profile.run().app(), bytes, meta);
    }
}
