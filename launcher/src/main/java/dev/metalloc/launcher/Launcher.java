// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher;

import dev.metalloc.launcher.command.AttachCommand;
import dev.metalloc.launcher.command.AutoCommand;
import dev.metalloc.launcher.command.CalibrateCommand;
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

    private static final List<String> NAMES = List.of(
            "demo", "profile", "recommend", "run", "replay", "calibrate", "auto", "attach", "detach", "doctor", "db");

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
        return commandLine(root, own, application)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures)
                .execute(own.toArray(String[]::new));
    }

    /**
     * Describes the command that is named, or all where none is: describing all of them takes longer than most of them do,
     * and an application may wait for one.
     */
    private CommandLine commandLine(MetallocCommand root, List<String> own, List<String> application) {
        CommandLine line = new CommandLine(root);
        boolean isNamed = !own.isEmpty() && NAMES.contains(own.getFirst());
        for (String name : isNamed ? List.of(own.getFirst()) : NAMES) {
            line.addSubcommand(name, command(name, application));
        }
        return line.setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8));
    }

    private Object command(String name, List<String> application) {
        return switch (name) {
            case "demo" -> new DemoCommand(surroundings);
            case "profile" -> new ProfileCommand(surroundings, application);
            case "recommend" -> new RecommendCommand(surroundings);
            case "run" -> new RunCommand(surroundings, application);
            case "replay" -> new ReplayCommand(surroundings);
            case "calibrate" -> new CalibrateCommand(surroundings);
            case "auto" -> new AutoCommand(surroundings, application);
            case "attach" -> new AttachCommand(surroundings);
            case "detach" -> new DetachCommand(surroundings);
            case "doctor" -> new DoctorCommand(surroundings);
            case "db" -> database(application);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private CommandLine database(List<String> application) {
        return new CommandLine(new DbCommand())
                .addSubcommand(new DbListCommand(surroundings))
                .addSubcommand(new DbShowCommand(surroundings, application))
                .addSubcommand(new DbRolloutCommand(surroundings))
                .addSubcommand(new DbPushCommand(surroundings))
                .addSubcommand(new DbMergeCommand(surroundings))
                .addSubcommand(new DbPruneCommand(surroundings))
                .addSubcommand(new DbSeedCommand(surroundings))
                .addSubcommand(new DbExportCommand(surroundings))
                .addSubcommand(new DbImportCommand(surroundings))
                .addSubcommand(new DbKeygenCommand(surroundings));
    }
}
