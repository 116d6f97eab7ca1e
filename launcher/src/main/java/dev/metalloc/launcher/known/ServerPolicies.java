// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyToml;
import dev.metalloc.policy.store.PolicyReader;
import dev.metalloc.policy.store.PolicyStoreException;
import dev.metalloc.policy.store.Rollout;
import dev.metalloc.policy.store.StoreLocation;
import dev.metalloc.policy.store.StoredPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The policies of a fleet's server, and what it said last where it does not answer in time. */
final class ServerPolicies {

    /** An application waits no longer than this; a server nearby answers in a few milliseconds once the driver is loaded. */
    private static final long MOST_WAIT_MILLIS = 2_000;

    private final Surroundings surroundings;
    private final StoreLocation location;
    private final Path folder;

    ServerPolicies(Surroundings surroundings, StoreLocation location) {
        this.surroundings = surroundings;
        this.location = location;
        this.folder = MetallocHome.of(surroundings).policies();
    }

    PolicyChoice find(String app, String instance) {
        Path lastAnswer = folder.resolve(FileNames.of(app) + ".toml");
        Rollout rollout;
        try {
            rollout = Rollout.of(app, instance, ask(app));
        } catch (PolicyStoreException e) {
            return kept(app, lastAnswer, String.valueOf(e.getMessage()));
        }
        keep(rollout.policy().map(StoredPolicy::policy), lastAnswer);
        return PolicySources.chosen(app, rollout);
    }

    /** On a thread of its own, which is left behind where it takes too long: drivers' own limits leave out name look-ups. */
    private List<StoredPolicy> ask(String app) {
        CompletableFuture<List<StoredPolicy>> answer = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("metalloc-server").start(() -> {
            try {
                answer.complete(PolicyReader.read(location, app));
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(MOST_WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new PolicyStoreException(
                    "the server of METALLOC_DB did not answer within " + MOST_WAIT_MILLIS + " ms (check it)", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PolicyStoreException("interrupted while waiting for the server (start again)", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof PolicyStoreException told
                    ? told
                    : new PolicyStoreException("asking the server failed: " + e.getCause() + " (check METALLOC_DB)", e);
        }
    }

    private PolicyChoice kept(String app, Path lastAnswer, String problem) {
        if (!Files.exists(lastAnswer)) {
            throw CommandFailure.failed(problem);
        }
        try {
            Policy policy = PolicyToml.read(lastAnswer);
            String line = problem + "; using the policy it gave last, version " + policy.version();
            surroundings.tell(line);
            return new PolicyChoice(Optional.of(policy), List.of("policy of " + app + ": " + line));
        } catch (IOException e) {
            throw CommandFailure.failed(problem, e);
        }
    }

    private void keep(Optional<Policy> policy, Path lastAnswer) {
        try {
            if (policy.isEmpty()) {
                Files.deleteIfExists(lastAnswer);
            } else {
                Files.createDirectories(folder);
                WholeFile.write(lastAnswer, PolicyToml.write(policy.get()));
            }
        } catch (IOException e) {
            // The start goes on with what the server said; next time it is asked again.
            surroundings.tell("cannot keep the server's answer in " + folder + " (check the folder)");
        }
    }
}
