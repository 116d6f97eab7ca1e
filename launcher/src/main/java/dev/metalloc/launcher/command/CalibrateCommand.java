// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Progress;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.known.Calibrations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** {@code calibrate}: measures what allocators and the JDK's raw memory cost on this machine, and keeps it. */
@Command(
        name = "calibrate",
        description = "Measure what allocators and the JDK's raw memory cost here; recommend and replay use it.")
public final class CalibrateCommand implements Runnable {

    private final Surroundings surroundings;

    public CalibrateCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        Progress progress = new Progress(surroundings);
        progress.show("measuring");
        Path file = new Calibrations(surroundings).measure();
        progress.clear();
        try {
            surroundings.out().print(Files.readString(file));
        } catch (IOException e) {
            throw CommandFailure.failed("cannot read " + file + " (measure again)", e);
        }
        surroundings.tell("kept in " + file);
    }
}
