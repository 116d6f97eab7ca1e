// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code metalloc} itself: what all commands have in common. */
@Command(
        name = "metalloc",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        version = "metalloc 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        description =
                "Profiles a JVM application's off-heap allocations and runs it again on allocators chosen for it.")
public final class MetallocCommand implements Runnable {

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print a stack trace with an error.")
    private boolean debug;

    public boolean debug() {
        return debug;
    }

    @Override
    public void run() {
        throw CommandFailure.badUsage("no command given (see metalloc --help)");
    }
}
