// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Failures;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.policy.PolicyToml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The policy that a word on the command line means: a file's, else that of the application of this name. */
public final class NamedPolicy {

    private static final String SUFFIX = ".toml";

    private final Surroundings surroundings;
    private final String word;
    private final Path file;

    public NamedPolicy(Surroundings surroundings, String word) {
        this.surroundings = surroundings;
        this.word = word;
        this.file = surroundings.workingDirectory().resolve(word);
    }

    /** A slip of the pen ends the command; what is wrong within a policy only leaves the application untouched. */
    public void requirePresent() {
        if (isFile() && !Files.exists(file)) {
            throw CommandFailure.failed("no such file: " + file + " (check the path)");
        }
    }

    /**
     * The policy.
     *
     * @throws CommandFailure where there is none, or it cannot be read
     */
    public PolicyChoice choice() {
        return isFile() ? ofFile() : ofApplication();
    }

    // A folder is often called as the application in it.
    private boolean isFile() {
        return word.endsWith(SUFFIX) || (Files.exists(file) && !Files.isDirectory(file));
    }

    private PolicyChoice ofFile() {
        try {
            return new PolicyChoice(
                    Optional.of(PolicyToml.read(file)), List.of("policy " + file + ": named on the command line"));
        } catch (IOException e) {
            CommandFailure failure = Failures.reading(file, e);
            if (word.endsWith(SUFFIX)) {
                throw failure;
            }
            PolicyChoice own = new PolicySources(surroundings).own(word);
            if (own.policy().isEmpty()) {
                throw failure;
            }
            surroundings.tell(file + " is no policy: taking that of the application " + word);
            return own;
        }
    }

    private PolicyChoice ofApplication() {
        PolicyChoice choice = new PolicySources(surroundings).own(word);
        if (choice.policy().isEmpty()) {
            throw CommandFailure.failed(
                    Files.isDirectory(file)
                            ? file + " is a folder, and no application called " + word
                                    + " has a policy (name a file in it, or see metalloc db list)"
                            : "no policy file and no application called " + word + " (see metalloc db list)");
        }
        return choice;
    }
}
