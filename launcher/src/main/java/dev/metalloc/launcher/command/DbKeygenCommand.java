// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.policy.exchange.SigningKeys;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code db keygen}: keys to sign bundles with. */
@Command(
        name = "keygen",
        description = "Make a key to sign bundles with: NAME.key, and NAME.pub for those who trust it.")
public final class DbKeygenCommand implements Runnable {

    private final Surroundings surroundings;

    @Parameters(paramLabel = "NAME", description = "Path and name of the two files, without ending.")
    private String name = "";

    public DbKeygenCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        Path privateFile = surroundings.workingDirectory().resolve(name + ".key");
        Path publicFile = surroundings.workingDirectory().resolve(name + ".pub");
        try {
            SigningKeys.generate(privateFile, publicFile);
        } catch (IOException e) {
            throw CommandFailure.failed(
                    "cannot write " + privateFile + " and " + publicFile + " (choose a name that is not taken)", e);
        }
        surroundings.out().println(publicFile + ": give this to those who import your bundles");
    }
}
