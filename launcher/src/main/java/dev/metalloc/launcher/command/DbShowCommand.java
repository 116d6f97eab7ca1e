// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.known.KnownApplications;
import dev.metalloc.policy.PolicyNotes;
import dev.metalloc.policy.PolicyToml;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code db show}: one application's merged profile and its policy. */
@Command(
        name = "show",
        customSynopsis = {
            "metalloc db show APP",
            "metalloc db show --explain APP",
            "metalloc db show --explain -- java …"
        },
        description = "Show what is known of an application.")
public final class DbShowCommand implements Runnable {

    private static final double NANOS_PER_SECOND = 1e9;

    private final Surroundings surroundings;

    private final List<String> application;

    @Parameters(paramLabel = "APP", arity = "0..1", description = "The application's name, as db list prints it.")
    private @Nullable String appName;

    @Option(names = "--explain", description = "Say which rule an application is started by, and why.")
    private boolean explain;

    public DbShowCommand(Surroundings surroundings, List<String> application) {
        this.surroundings = surroundings;
        this.application = application;
    }

    @Override
    public void run() {
        if (explain) {
            new StartExplanation(surroundings).lines(appName, application).forEach(surroundings.out()::println);
        } else if (appName == null || !application.isEmpty()) {
            throw CommandFailure.badUsage("name an application, or add --explain to a command line behind --");
        } else {
            show(appName);
        }
    }

    private void show(String app) {
        KnownApplications known = KnownApplications.open(surroundings);
        if (!known.knows(app)) {
            throw CommandFailure.failed("nothing known of " + app + " (see metalloc db list)");
        }
        PrintStream out = surroundings.out();
        out.println("# " + app);
        known.profile(app).ifPresent(profile -> print(profile, out));
        known.store().policies().all(app).forEach(policy -> out.println("# " + PolicyLine.of(policy)));
        known.policy(app).ifPresent(policy -> {
            PolicyNotes.of(policy).forEach(note -> out.println("# " + note));
            out.print("\n" + PolicyToml.write(policy));
        });
    }

    private static void print(Profile profile, PrintStream out) {
        out.printf(
                Locale.ROOT,
                "# %d run(s), %.1f s, peak %d KiB live%n",
                profile.run().runCount(),
                profile.run().durationNanos() / NANOS_PER_SECOND,
                profile.peakLiveBytes() >> 10);
        profile.heaps()
                .ifPresent(heaps -> out.printf(
                        Locale.ROOT,
                        "# the C library's heaps: %d KiB held, peak %d KiB live%n",
                        heaps.heldBytes() >> 10,
                        heaps.peakLiveBytes() >> 10));
        for (EntryPointProfile entryPoint : profile.entryPoints()) {
            out.printf(
                    Locale.ROOT,
                    "# %s: %d allocations, %d bytes, %d frees, peak %d KiB live%n",
                    entryPoint.entryPoint(),
                    entryPoint.allocateCount(),
                    entryPoint.allocateBytes(),
                    entryPoint.freeCount(),
                    entryPoint.peakLiveBytes() >> 10);
        }
    }
}
