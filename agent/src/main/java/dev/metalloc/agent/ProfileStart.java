// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.ProfileState;
import dev.metalloc.agent.train.HookGroup;
import dev.metalloc.profiler.api.ProfileMode;
import dev.metalloc.profiler.record.Recorder;
import dev.metalloc.profiler.record.RecorderOptions;
import dev.metalloc.profiler.record.StackWalkerSource;
import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;

/** Starts a recording; what was done before a step that fails is undone, the last first. Used once. */
final class ProfileStart {

    private final AgentOptions options;
    private final Instrumentation instrumentation;
    private final ImageCache images;
    private final boolean attached;

    private @Nullable FileClaim claim;
    private @Nullable TraceOutput trace;
    private @Nullable HookInstaller hooks;
    private @Nullable LibraryHooks libraryHooks;

    /** @param attached where the application was running before */
    ProfileStart(AgentOptions options, Instrumentation instrumentation, ImageCache images, boolean attached) {
        this.options = options;
        this.instrumentation = instrumentation;
        this.images = images;
        this.attached = attached;
    }

    ProfileSession run() throws Exception {
        try {
            return start();
        } catch (Throwable failure) {
            undo(failure);
            throw failure;
        }
    }

    private ProfileSession start() throws Exception {
        ProfileMode mode = options.profileMode();
        RecorderOptions recorderOptions =
                mode == ProfileMode.FULL ? RecorderOptions.everyBlock() : RecorderOptions.sampled();
        Recorder recorder = new Recorder(recorderOptions, new StackWalkerSource());
        FileClaim claimed = claim(options);
        claim = claimed;
        ProfileOutput output = new ProfileOutput(
                recorder, recorderOptions, claimed, options.path("spool"), options.app(), mode, attached);
        if (!claimed.isHeld()) {
            output.lacks("no lock was to be had beside its file: another JVM may have written that as well");
        }
        ProfileState.countsQuickly = mode == ProfileMode.SAMPLED;
        ProfileState.hooksInConfinedArenas = !images.image().missingGroups().contains(HookGroup.CONFINED_ARENA);
        for (HookGroup missing : images.image().missingGroups()) {
            if (missing == HookGroup.CONFINED_ARENA) {
                continue; // they are wrapped
            }
            output.lacks("this JDK's " + missing + " code has an unknown shape and was not hooked");
        }
        if (attached) {
            recorder.joinLate();
            output.lacks("recorded from an attach on: blocks of before are not in it");
        }
        recorder.tick(System.nanoTime());
        TraceOutput opened = attached ? null : TraceOutput.open(options);
        trace = opened;
        if (opened != null) {
            ProfileState.trace = opened.recorder();
        }
        HookInstaller installed = HookInstaller.install(
                instrumentation, AgentMode.PROFILE, images.image(), EnumSet.allOf(HookGroup.class), true);
        hooks = installed;
        images.learn(installed);
        libraryHooks = LibraryHooks.install(instrumentation, output, attached);
        ProfileSession session =
                new ProfileSession(options, recorder, output, opened, installed, libraryHooks, attached);
        session.begin(recorder);
        return session;
    }

    private static FileClaim claim(AgentOptions options) {
        Path wanted = options.requiredPath("out");
        FileClaim claim = FileClaim.of(wanted);
        if (!claim.file().equals(wanted.toAbsolutePath().normalize())) {
            MetallocAgent.say("another JVM writes " + wanted + ": this one writes " + claim.file());
        }
        return claim;
    }

    /** What cannot be undone is added to the failure: hooks that stay in do nothing. */
    private void undo(Throwable failure) {
        ProfileState.end();
        try {
            ProfileSession.unhook(instrumentation, hooks, libraryHooks);
        } catch (Throwable e) {
            failure.addSuppressed(e);
        }
        if (trace != null) {
            ProfileState.trace = null;
            trace.abandon();
        }
        if (claim != null) {
            claim.release();
        }
    }
}
