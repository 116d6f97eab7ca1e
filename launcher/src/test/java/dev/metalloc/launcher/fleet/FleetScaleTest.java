// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.launcher.known.SpooledProfile;
import dev.metalloc.policy.store.PolicyStore;
import dev.metalloc.policy.store.ProfileSelection;
import dev.metalloc.policy.store.Spool;
import dev.metalloc.policy.store.StoreLocation;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileWriter;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A fleet's profiles on a real PostgreSQL server: 8 hosts deliver their spools at once, then one application's profiles are
 * merged by a command in less than 256 MiB. Prints what it measures; docs/policy-database.md says how to run it whole.
 */
class FleetScaleTest {

    private static final boolean FULL = Boolean.getBoolean("metalloc.test.full");
    private static final int PROFILES = FULL ? 100_000 : 1_600;
    private static final int APPS = FULL ? 1_000 : 16;
    private static final int MERGED = FULL ? 10_000 : 800;
    private static final int WRITERS = 8;
    private static final long MOST_MERGING_BYTES = 256L << 20;
    private static final int BEHAVIOURS = 64;

    @TempDir
    Path folder;

    private final List<Profile> behaviours = new ArrayList<>();

    @Test
    void shouldTakeAFleetsProfilesAndMergeThem() throws Exception {
        for (int i = 0; i < BEHAVIOURS; i++) {
            behaviours.add(SyntheticProfiles.usual("x", i));
        }
        try (EmbeddedPostgres server = EmbeddedPostgres.builder().start()) {
            String url = server.getJdbcUrl("postgres", "postgres");
            PolicyStore store = PolicyStore.open(StoreLocation.ofUrl(url));
            push(store);
            merge(url);
        }
    }

    private void push(PolicyStore store) throws Exception {
        List<Callable<Spool.Sweep>> writers = new ArrayList<>();
        long byteSize = 0;
        for (int writer = 0; writer < WRITERS; writer++) {
            Path spool = folder.resolve("spool-" + writer);
            Files.createDirectory(spool);
            for (int i = writer; i < PROFILES; i += WRITERS) {
                byteSize += drop(spool, i);
            }
            writers.add(() -> new Spool(spool, new SpooledProfile()).sweep(store));
        }
        int stored = 0;
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
            for (Future<Spool.Sweep> sweep : threads.invokeAll(writers)) {
                stored += sweep.get().storedCount();
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        assertEquals(PROFILES, stored);
        assertEquals(APPS, store.applications().size());
        assertEquals(MERGED, store.profiles().count(ProfileSelection.of("app-0")));
        System.out.printf(
                Locale.ROOT,
                "%,d profiles of %,d applications, %,d bytes each, by %d writers: %.1f s, %,.0f a second%n",
                PROFILES,
                APPS,
                byteSize / PROFILES,
                WRITERS,
                seconds,
                PROFILES / seconds);
    }

    /** The first application has as many as are to be merged, the others share the rest. */
    private long drop(Path spool, int number) throws IOException {
        String app = "app-" + (number < MERGED ? 0 : 1 + number % (APPS - 1));
        Path file = spool.resolve(number + ".mprof");
        ProfileWriter.write(
                file,
                SyntheticProfiles.at(
                        behaviours.get(number % BEHAVIOURS), app, SyntheticProfiles.NEWEST_MILLIS - number * 1000L));
        return Files.size(file);
    }

    /** As the user does it, in a JVM of its own. */
    private void merge(String url) throws IOException, InterruptedException {
        Path output = folder.resolve("merged.mprof");
        ProcessBuilder command = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + (FULL ? "160m" : "64m"),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path", ""),
                "dev.metalloc.launcher.Main",
                "db",
                "merge",
                "app-0",
                "-o",
                output.toString());
        command.environment().put("METALLOC_DB", url);
        command.environment().put("METALLOC_HOME", folder.resolve("home").toString());
        Path said = folder.resolve("said");
        command.redirectErrorStream(true).redirectOutput(said.toFile());
        long start = System.nanoTime();
        Process process = command.start();
        long peakBytes = peakResidentBytes(process);
        String text = Files.readString(said);
        assertEquals(0, process.exitValue(), text);
        assertTrue(peakBytes > 0 && peakBytes < MOST_MERGING_BYTES, "resident at the peak: " + peakBytes);
        double seconds = (System.nanoTime() - start) / 1e9;
        assertTrue(text.startsWith(String.format(Locale.ROOT, "app-0: %,d profiles of 1 hosts", MERGED)), text);
        assertTrue(Files.size(output) > 0);
        System.out.printf(
                Locale.ROOT,
                "merged %,d: %.1f s with the start of the JVM, %,d bytes resident at the peak%n%s%n",
                MERGED,
                seconds,
                peakBytes,
                text.strip());
    }

    /** Until it ends; the kernel keeps the highest value, so that only what comes after the last look is missed. */
    private static long peakResidentBytes(Process process) throws InterruptedException {
        Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
        long peak = 0;
        while (!process.waitFor(20, TimeUnit.MILLISECONDS)) {
            for (String line : lines(status)) {
                if (line.startsWith("VmHWM:")) {
                    peak = Math.max(peak, 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")));
                }
            }
        }
        return peak;
    }

    private static List<String> lines(Path status) {
        try {
            return Files.readAllLines(status);
        } catch (IOException e) {
            return List.of(); // it has just ended
        }
    }
}
