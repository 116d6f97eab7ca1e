// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher;

import dev.metalloc.launcher.command.MetallocCommand;
import dev.metalloc.policy.exchange.BundleException;
import dev.metalloc.policy.store.PolicyStoreException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells each failure in one line, with a stack trace where {@code --debug} asks for it, and picks the exit code. */
final class FailureLines implements IParameterExceptionHandler, IExecutionExceptionHandler {

    private final Surroundings surroundings;
    private final MetallocCommand root;

    FailureLines(Surroundings surroundings, MetallocCommand root) {
        this.surroundings = surroundings;
        this.root = root;
    }

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        surroundings.tell(wrong(e) + " (see " + command + " --help)");
        return ExitCodes.BAD_USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        surroundings.tell(isTold(e) ? firstLine(e) : "unexpected: " + e + " (--debug shows where)");
        if (root.debug()) {
            e.printStackTrace(surroundings.err());
        }
        return e instanceof CommandFailure failure ? failure.exitCode() : ExitCodes.FAILED;
    }

    /** Whether its message is already what the user should read. */
    private static boolean isTold(Exception e) {
        return e instanceof CommandFailure || e instanceof PolicyStoreException || e instanceof BundleException;
    }

    private static String wrong(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            String first = unmatched.getUnmatched().getFirst();
            boolean expectsCommand = !e.getCommandLine().getSubcommands().isEmpty();
            return (expectsCommand ? "unknown command: " : "unexpected argument: ") + first;
        }
        return firstLine(e);
    }

    private static String firstLine(Exception e) {
        String message = String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse(message);
    }
}
