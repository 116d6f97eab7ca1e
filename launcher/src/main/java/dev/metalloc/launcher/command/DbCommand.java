// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import picocli.CommandLine.Command;

/** {@code db}: the policy database. */
@Command(name = "db", synopsisSubcommandLabel = "COMMAND", description = "Look into the profiles and policies kept.")
public final class DbCommand implements Runnable {

    @Override
    public void run() {
        throw CommandFailure.badUsage("db needs a command, such as list or show (see metalloc db --help)");
    }
}
