// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Failures;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.policy.Policy;
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
     * The policy: a file's as its author wrote it, an application's as far as the strict seeds of the packages allow.
     *
     * @param classPath of the application that is started
     * @param explained whether the user asks for the reasons
     * @throws CommandFailure where there is none, or it cannot be read
     */
    public PolicyChoice choice(List<Path> classPath, boolean explained) {
        StrictSeeds strict = new StrictSeeds(surroundings, classPath);
        if (!isFile()) {
            return strict.observed(ofApplication());
        }
        Optional<Policy> written = ofFile();
        if (written.isEmpty()) {
            surroundings.tell(file + " is no policy: taking that of the application " + word);
            return strict.observed(ofApplication());
        }
        PolicyChoice choice = new PolicyChoice(written, List.of("policy " + file + ": named on the command line"));
        return explained ? strict.mentioned(choice) : choice;
    }

    // A folder is often called as the application in it.
    private boolean isFile() {
        return word.endsWith(SUFFIX) || (Files.exists(file) && !Files.isDirectory(file));
    }

    /** Empty where it is something else and the store knows an application of this name. */
    private Optional<Policy> ofFile() {
        try {
            return Optional.of(PolicyToml.read(file));
        } catch (IOException e) {
            if (word.endsWith(SUFFIX)
                    || new PolicySources(surroundings).own(word).policy().isEmpty()) {
                throw Failures.reading(file, e);
            }
            return Optional.empty();
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
