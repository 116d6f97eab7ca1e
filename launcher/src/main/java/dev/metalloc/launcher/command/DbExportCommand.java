// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Failures;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.fleet.BundleExport;
import dev.metalloc.launcher.known.KnownApplications;
import dev.metalloc.policy.exchange.BundleManifest;
import dev.metalloc.policy.exchange.SigningKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code db export}: profiles and policies into a bundle. */
@Command(name = "export", description = "Write applications' policies and newest profiles into a signed bundle.")
public final class DbExportCommand implements Runnable {

    private final Surroundings surroundings;

    @Parameters(paramLabel = "APP", arity = "1..*", description = "The applications' names, as db list prints them.")
    private List<String> apps = List.of();

    @Option(names = "-o", paramLabel = "FILE", required = true, description = "The bundle to write.")
    private Path output = Path.of("");

    @Option(names = "--sign", paramLabel = "KEYFILE", description = "The private key to sign with (see db keygen).")
    private @Nullable Path keyFile;

    @Option(
            names = "--profiles",
            paramLabel = "N",
            description = "Newest profiles of each application (default: ${DEFAULT-VALUE}).")
    private int profileCount = 100;

    public DbExportCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        @Nullable
        PrivateKey key =
                keyFile == null ? null : key(surroundings.workingDirectory().resolve(keyFile));
        KnownApplications known = KnownApplications.open(surroundings);
        BundleExport export = new BundleExport(known.store());
        for (String app : apps) {
            if (!known.knows(app)) {
                throw CommandFailure.failed("nothing known of " + app + " (see metalloc db list)");
            }
            export.add(app, profileCount);
        }
        Path file = surroundings.workingDirectory().resolve(output);
        try {
            BundleManifest manifest = export.write(file, key);
            surroundings
                    .out()
                    .println(file + ": " + manifest.profiles().size() + " profiles, "
                            + manifest.policies().size() + " policies, " + (key == null ? "not signed" : "signed"));
        } catch (IOException e) {
            throw CommandFailure.failed("cannot write " + file + " (choose another file with -o)", e);
        }
    }

    private static PrivateKey key(Path file) {
        try {
            return SigningKeys.readPrivate(file);
        } catch (IOException e) {
            throw Failures.reading(file, e);
        }
    }
}
