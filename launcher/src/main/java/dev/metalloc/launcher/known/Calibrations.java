// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Failures;
import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.replay.MeasuringProcess;
import dev.metalloc.policy.store.CalibrationTable;
import dev.metalloc.policy.store.PolicyStore;
import dev.metalloc.policy.store.PolicyStoreException;
import dev.metalloc.replay.calibrate.CalibrateMain;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What allocators cost on this machine with this JDK: measured once, kept in the store for all machines with this CPU and in
 * a file for the processes that measure by it; the shipped figures until then.
 *
 * <p>{@code METALLOC_COSTS} names another file of costs, or {@code shipped}.
 */
public final class Calibrations {

    private static final String VARIABLE = "METALLOC_COSTS";
    private static final String SHIPPED = "shipped";
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private final Surroundings surroundings;

    public Calibrations(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Where the figures of this machine and JDK are, or will be. */
    public Path file() {
        String name = (cpu() + "-" + javaVersion()).replaceAll("[^A-Za-z0-9.]+", "-");
        return MetallocHome.of(surroundings).cache().resolve("costs-" + name + ".properties");
    }

    /** Measures and keeps; returns where. */
    public Path measure() {
        MetallocHome.of(surroundings).prepared();
        String measured = new MeasuringProcess(surroundings).run(CalibrateMain.class, List.of());
        String text = "# Measured by metalloc calibrate: nanoseconds.\n" + measured;
        Path file = write(text);
        try {
            store().save(cpu(), javaVersion(), System.currentTimeMillis(), text);
        } catch (PolicyStoreException | CommandFailure e) {
            surroundings.tell("kept for this machine only: " + e.getMessage());
        }
        return file;
    }

    private Path write(String text) {
        Path file = file();
        try {
            WholeFile.write(file, text);
            return file;
        } catch (IOException e) {
            throw CommandFailure.failed(
                    "cannot write " + file + " (set METALLOC_HOME to a folder that can be written)", e);
        }
    }

    /** Whether the store knows figures of this CPU and JDK; they are then in the file. */
    private boolean isTakenFromStore() {
        MetallocHome.of(surroundings).prepared();
        Optional<String> known;
        try {
            known = store().find(cpu(), javaVersion());
        } catch (PolicyStoreException | CommandFailure e) {
            return false; // measured instead, which tells what is wrong with the store
        }
        known.ifPresent(this::write);
        return known.isPresent();
    }

    private CalibrationTable store() {
        return PolicyStore.open(StorePlace.of(surroundings)).calibrations();
    }

    /** The file to use, from the store or measured now where there is none yet; empty for the shipped figures. */
    public Optional<Path> fileOrMeasured() {
        Optional<String> named = surroundings.variable(VARIABLE);
        if (named.isPresent()) {
            return named.filter(name -> !name.equals(SHIPPED)).map(surroundings.workingDirectory()::resolve);
        }
        if (!Files.exists(file()) && !isTakenFromStore()) {
            surroundings.tell(
                    "measuring once what allocators cost here (about 20 s; metalloc calibrate does it again)");
            measure();
        }
        return Optional.of(file());
    }

    /** As {@link #fileOrMeasured()}. */
    public CostModel costsOrMeasured() {
        return fileOrMeasured().map(Calibrations::read).orElseGet(CostModel::shipped);
    }

    /** The costs at hand: nothing is measured. */
    public CostModel costs() {
        boolean ready = surroundings.variable(VARIABLE).isPresent() || Files.exists(file());
        return ready ? costsOrMeasured() : CostModel.shipped();
    }

    private static CostModel read(Path file) {
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            return CostModel.calibrated(reader);
        } catch (IOException e) {
            throw Failures.reading(file, e);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.failed(file + ": " + e.getMessage() + " (metalloc calibrate makes it anew)", e);
        }
    }

    static String javaVersion() {
        return System.getProperty("java.runtime.version", "");
    }

    static String cpu() {
        try (var lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse("cpu");
        } catch (IOException e) {
            return "cpu";
        }
    }
}
