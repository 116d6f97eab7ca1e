// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.Failsafe;
import dev.metalloc.agent.runtime.ProfileState;
import dev.metalloc.agent.train.HookGroup;
import dev.metalloc.agent.train.PreparedImage;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ProfileMode;
import dev.metalloc.profiler.record.Recorder;
import dev.metalloc.profiler.record.RecorderOptions;
import dev.metalloc.profiler.record.StackWalkerSource;
import java.lang.instrument.Instrumentation;
import java.util.EnumSet;
import java.util.Locale;

/** Profile mode: records until the JVM ends, then writes the profile and one summary line. */
final class ProfileSession implements Runnable {

    private final ProfileOutput output;
    private final ProfileTicker ticker;
    private final boolean quiet;

    private ProfileSession(ProfileOutput output, ProfileTicker ticker, boolean quiet) {
        this.output = output;
        this.ticker = ticker;
        this.quiet = quiet;
    }

    static void start(AgentOptions options, Instrumentation instrumentation, PreparedImage image) throws Exception {
        ProfileMode mode = modeOf(options);
        Recorder recorder = new Recorder(
                mode == ProfileMode.FULL ? RecorderOptions.everyBlock() : RecorderOptions.sampled(),
                new StackWalkerSource());
        String app = options.text("app");
        ProfileOutput output = new ProfileOutput(
                recorder, options.requiredPath("out"), options.path("spool"), app == null ? "unknown" : app, mode);
        for (HookGroup missing : image.missingGroups()) {
            output.lacks("this JDK's " + missing + " code has an unknown shape and was not hooked");
        }
        recorder.tick(System.nanoTime());
        ProfileState.recorder = recorder;
        HookInstaller.install(instrumentation, AgentMode.PROFILE, image, EnumSet.allOf(HookGroup.class));
        ProfileTicker ticker = new ProfileTicker(recorder, output);
        ExitWork.register(new ProfileSession(output, ticker, options.isSet("quiet")));
        ticker.start();
        ProfileState.active = true;
    }

    private static ProfileMode modeOf(AgentOptions options) {
        String word = options.text("mode");
        if (word == null || word.equals("sampled")) {
            return ProfileMode.SAMPLED;
        }
        if (word.equals("full")) {
            return ProfileMode.FULL;
        }
        throw new IllegalArgumentException("profile mode '" + word + "' (expected: sampled or full)");
    }

    @Override
    public void run() {
        ProfileState.active = false;
        ticker.stop();
        Throwable failure = Failsafe.first();
        if (failure != null) {
            output.lacks("recording stopped early after an internal error: " + failure);
            MetallocAgent.say("profiling stopped early after an internal error: " + failure);
        }
        try {
            Profile profile = output.write(true);
            output.copyToSpool();
            if (!quiet) {
                MetallocAgent.say(summary(profile));
            }
        } catch (Throwable e) {
            MetallocAgent.say("the profile could not be written to " + output.file() + ": " + e
                    + " (choose another file with -o)");
        }
    }

    private String summary(Profile profile) {
        return String.format(
                Locale.ROOT,
                "profiled %,d allocations of %,d bytes (peak %,d live) at %d sites; written to %s",
                profile.allocateCount(),
                profile.allocateBytes(),
                profile.peakLiveBytes(),
                profile.sites().size(),
                output.file());
    }
}
