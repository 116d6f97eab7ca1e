// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.Failures;
import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.fleet.BundleImport;
import dev.metalloc.launcher.known.KnownApplications;
import dev.metalloc.policy.exchange.BundleManifest;
import dev.metalloc.policy.exchange.BundleReader;
import dev.metalloc.policy.exchange.SigningKeys;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code db import}: a bundle into the store. */
@Command(name = "import", description = "Take a signed bundle into the store; its policies arrive as drafts.")
public final class DbImportCommand implements Runnable {

    private final Surroundings surroundings;

    @Parameters(paramLabel = "FILE", description = "The bundle.")
    private Path bundle = Path.of("");

    @Option(
            names = "--trust",
            paramLabel = "KEYFILE",
            description = "A public key to trust beside those in METALLOC_HOME/trusted.")
    private List<Path> keyFiles = List.of();

    @Option(names = "--unverified", description = "Take it even if nobody trusted has signed it.")
    private boolean evenUnverified;

    public DbImportCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        Path file = surroundings.workingDirectory().resolve(bundle);
        try {
            BundleReader reader = new BundleReader(file);
            BundleManifest manifest = reader.verify(trusted(), evenUnverified);
            BundleImport.Added added =
                    new BundleImport(KnownApplications.open(surroundings).store(), file).add(reader, manifest);
            surroundings
                    .out()
                    .println("added " + added.profileCount() + " of "
                            + manifest.profiles().size() + " profiles and "
                            + added.policyCount() + " of "
                            + manifest.policies().size() + " policies");
        } catch (IOException e) {
            throw Failures.reading(file, e);
        }
    }

    private List<PublicKey> trusted() throws IOException {
        List<PublicKey> keys = new ArrayList<>();
        for (Path keyFile : keyFiles) {
            keys.add(SigningKeys.readPublic(surroundings.workingDirectory().resolve(keyFile)));
        }
        Path folder = MetallocHome.of(surroundings).trustedKeys();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.pub")) {
                for (Path keyFile : files) {
                    keys.add(SigningKeys.readPublic(keyFile));
                }
            }
        }
        return keys;
    }
}
