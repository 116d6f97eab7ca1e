// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.ExitCodes;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.doctor.EnvironmentChecks;
import dev.metalloc.launcher.doctor.Finding;
import dev.metalloc.launcher.doctor.InstallationChecks;
import dev.metalloc.launcher.doctor.MachineChecks;
import dev.metalloc.launcher.known.KnownApplications;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code doctor}: what is well and what to change. */
@Command(name = "doctor", description = "Say what of this machine and installation is well and what to change.")
public final class DoctorCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    public DoctorCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        List<Finding> findings = new ArrayList<>();
        findings.addAll(new InstallationChecks(surroundings).findings());
        findings.add(store());
        findings.addAll(new EnvironmentChecks(surroundings).findings());
        findings.addAll(new MachineChecks(Path.of("/")).findings());
        for (Finding finding : findings) {
            surroundings
                    .out()
                    .printf(
                            Locale.ROOT,
                            "%-7s %-14s %s%n",
                            finding.state().name().toLowerCase(Locale.ROOT),
                            finding.subject(),
                            finding.text());
        }
        boolean broken = findings.stream().anyMatch(finding -> finding.state() == Finding.State.BROKEN);
        return broken ? ExitCodes.FAILED : ExitCodes.WELL;
    }

    private Finding store() {
        try {
            KnownApplications known = KnownApplications.open(surroundings);
            return new Finding(
                    Finding.State.WELL,
                    "store",
                    "applications known: " + known.list().size());
        } catch (CommandFailure e) {
            return new Finding(Finding.State.BROKEN, "store", String.valueOf(e.getMessage()));
        }
    }
}
