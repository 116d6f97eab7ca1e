// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher;

import dev.metalloc.launcher.command.AttachCommand;
import dev.metalloc.launcher.command.AutoCommand;
import dev.metalloc.launcher.command.DbCommand;
import dev.metalloc.launcher.command.DbExportCommand;
import dev.metalloc.launcher.command.DbImportCommand;
import dev.metalloc.launcher.command.DbKeygenCommand;
import dev.metalloc.launcher.command.DbListCommand;
import dev.metalloc.launcher.command.DbMergeCommand;
import dev.metalloc.launcher.command.DbPruneCommand;
import dev.metalloc.launcher.command.DbPushCommand;
import dev.metalloc.launcher.command.DbRolloutCommand;
import dev.metalloc.launcher.command.DbSeedCommand;
import dev.metalloc.launcher.command.DbShowCommand;
import dev.metalloc.launcher.command.DemoCommand;
import dev.metalloc.launcher.command.DetachCommand;
import dev.metalloc.launcher.command.DoctorCommand;
import dev.metalloc.launcher.command.MetallocCommand;
import dev.metalloc.launcher.command.ProfileCommand;
import dev.metalloc.launcher.command.RecommendCommand;
import dev.metalloc.launcher.command.ReplayCommand;
import dev.metalloc.launcher.command.RunCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;

/**
 * Runs one command: what stands before {@code --} is ours to parse, what stands behind it the user's.
 *
 * <p>Every failure becomes one line on standard error and an exit code; with {@code --debug} a stack trace too.
 */
public final class Launcher {

    private static final String USERS_LINE_FOLLOWS = "--";

    private final Surroundings surroundings;

    public Launcher(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Runs the command and returns its exit code. */
    public int run(List<String> arguments) {
        int split = arguments.indexOf(USERS_LINE_FOLLOWS);
        List<String> own = split < 0 ? arguments : arguments.subList(0, split);
        List<String> application = split < 0 ? List.of() : arguments.subList(split + 1, arguments.size());
        MetallocCommand root = new MetallocCommand();
        FailureLines failures = new FailureLines(surroundings, root);
        return commandLine(root, application)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures)
                .execute(own.toArray(String[]::new));
    }

    private CommandLine commandLine(MetallocCommand root, List<String> application) {
        return new CommandLine(root)
                .addSubcommand(new DemoCommand(surroundings))
                .addSubcommand(new ProfileCommand(surroundings, application))
                .addSubcommand(new RecommendCommand(surroundings))
                .addSubcommand(new RunCommand(surroundings, application))
                .addSubcommand(new ReplayCommand(surroundings))
                .addSubcommand(new AutoCommand(surroundings, application))
                .addSubcommand(new AttachCommand(surroundings))
                .addSubcommand(new DetachCommand(surroundings))
                .addSubcommand(new DoctorCommand(surroundings))
                .addSubcommand(new CommandLine(new DbCommand())
                        .addSubcommand(new DbListCommand(surroundings))
                        .addSubcommand(new DbShowCommand(surroundings, application))
                        .addSubcommand(new DbRolloutCommand(surroundings))
                        .addSubcommand(new DbPushCommand(surroundings))
                        .addSubcommand(new DbMergeCommand(surroundings))
                        .addSubcommand(new DbPruneCommand(surroundings))
                        .addSubcommand(new DbSeedCommand(surroundings))
                        .addSubcommand(new DbExportCommand(surroundings))
                        .addSubcommand(new DbImportCommand(surroundings))
                        .addSubcommand(new DbKeygenCommand(surroundings)))
                .setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8));
    }
}
