// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.flags;

import dev.metalloc.classifier.features.ApplicationFeatures;
import dev.metalloc.classifier.features.BandFeatures;

/** Raises flags from features, by the thresholds of one table. Any thread. */
public final class FlagRaiser {

    private FlagRaiser() {}

    /** The flags of the whole application. */
    public static FlagSet application(ApplicationFeatures application) {
        return band(application, application.all());
    }

    /** The flags of some bands: how the run and its threads are, with how these blocks are. */
    public static FlagSet band(ApplicationFeatures application, BandFeatures band) {
        FlagSet flags = new FlagSet();
        RunFlags.raise(flags, application, band);
        ThreadFlags.raise(flags, application, band);
        SizeFlags.raise(flags, band);
        FreeFlags.raise(flags, band);
        CombinedFlags.raise(flags);
        return flags;
    }
}
