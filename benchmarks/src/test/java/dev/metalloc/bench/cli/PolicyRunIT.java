// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.bench.cli.Metalloc.Ended;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyRule;
import dev.metalloc.policy.PolicySite;
import dev.metalloc.policy.PolicyToml;
import dev.metalloc.policy.store.PolicyState;
import dev.metalloc.policy.store.PolicyStore;
import dev.metalloc.profiler.api.EntryPoint;
import java.io.File;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged command finds a policy for an application, and starts it whatever is wrong with the policy or the store. */
class PolicyRunIT {

    private static final String APP = PatientApplication.class.getName();

    @TempDir
    Path scratch;

    private Metalloc metalloc;
    private Path store;

    @BeforeEach
    void makeHome() throws Exception {
        metalloc = new Metalloc(scratch);
        store = scratch.resolve("home/metalloc.db");
        Files.createDirectories(scratch.resolve("home"));
    }

    @Test
    void shouldStartUntouchedBesideADamagedStore() throws Exception {
        Files.writeString(store, "no database, but somebody's file\n".repeat(500));
        assertUntouched(store + ": is damaged or no metalloc store (move it away; a new one is made)", store);
    }

    @Test
    void shouldStartUntouchedBesideAStoreOfALaterSchema() throws Exception {
        PolicyStore.open(store).policies().save(policy("slab"), PolicyState.DRAFT);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store);
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO flyway_schema_history VALUES"
                    + " (99, '77', 'later', 'SQL', 'V77__later.sql', 1, 'somebody', '2030-01-01', 1, 1)");
        }
        assertUntouched(store + ": its schema 77 is newer than ", store);
    }

    @Test
    void shouldStartUntouchedWhereThePolicyNamesAnUnknownAllocator() throws Exception {
        PolicyStore.open(store).policies().save(policy("magic"), PolicyState.DRAFT);
        assertUntouched("the policy for " + APP + " version 1 names an unknown allocator: magic (known: ", store);
        Path file = Files.writeString(scratch.resolve("p.toml"), PolicyToml.write(policy("magic")));
        assertUntouched("names an unknown allocator: magic", file, "--policy", file.toString());
    }

    @Test
    void shouldRefuseATamperedBundleAndStartUntouched() throws Exception {
        Path other = scratch.resolve("other");
        PolicyStore.open(other.resolve("metalloc.db")).policies().save(policy("slab"), PolicyState.PINNED);
        Metalloc exporting = new Metalloc(scratch).with("METALLOC_HOME", other);
        assertEquals(0, exporting.metalloc("db", "keygen", "me").exitCode());
        assertEquals(
                0,
                exporting
                        .metalloc("db", "export", APP, "-o", "x.bundle", "--sign", "me.key")
                        .exitCode());
        Path bundle = scratch.resolve("x.bundle");
        byte[] bytes = Files.readAllBytes(bundle);
        bytes[bytes.length / 2] ^= 1;
        Files.write(bundle, bytes);
        PolicyStore.open(store);
        byte[] before = Files.readAllBytes(store);

        for (String[] words : new String[][] {
            {"db", "import", "x.bundle", "--trust", "me.pub"}, {"db", "import", "x.bundle", "--unverified"}
        }) {
            Ended ended = metalloc.metalloc(words);
            assertEquals(1, ended.exitCode());
            assertEquals(1, ended.err().lines().count(), ended.err());
            assertTrue(ended.err().startsWith("metalloc: "), ended.err());
        }

        assertArrayEquals(before, Files.readAllBytes(store));
        assertUntouched("no policy known for " + APP, store);
    }

    /** It accepts and never says a word; the test ends because the start does not wait. */
    @Test
    void shouldNotWaitForAServerThatHangs() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String url = "jdbc:postgresql://localhost:" + silent.getLocalPort() + "/x?user=me&password=hidden";
            metalloc.with("METALLOC_DB", url);
            assertUntouched("the server of METALLOC_DB did not answer within 2000 ms", scratch.resolve("home"));

            Path kept = scratch.resolve("home/policies/" + APP + ".toml");
            Files.createDirectories(kept.getParent());
            Files.writeString(kept, PolicyToml.write(policy("slab")));
            Ended run = metalloc.run(Metalloc.behind(List.of("run"), application()));
            assertEquals(7, run.exitCode(), run.err());
            String line = run.err().lines().findFirst().orElse("");
            assertEquals(
                    "metalloc: the server of METALLOC_DB did not answer within 2000 ms (check it); using the policy it "
                            + "gave last, version 1",
                    line);
            assertTrue(run.err().contains("metalloc: served nothing: no memory was asked for"), run.err());
        }
    }

    @Test
    void shouldRunUnderTheSeedsOfNettyAndArrow() throws Exception {
        List<String> application = Metalloc.java(NettyAndArrow.class.getName());
        int classPath = application.indexOf("-cp") + 1;
        application.set(classPath, application.get(classPath) + File.pathSeparator + arrowJars());
        application.addAll(
                1, List.of("--add-opens=java.base/java.nio=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        Ended plain = metalloc.run(application);
        assertEquals(0, plain.exitCode(), plain.err());

        Ended explained = metalloc.run(Metalloc.behind(List.of("db", "show", "--explain"), application));
        Ended run = metalloc.run(Metalloc.behind(List.of("run", "--explain"), application));

        assertEquals(0, explained.exitCode(), explained.err());
        assertEquals(plain.out(), run.out());
        assertEquals(0, run.exitCode(), run.err());
        for (String seed : new String[] {
            "seed netty-4.2 (io.netty:netty-buffer 4.2",
            "seed arrow-memory-unsafe (org.apache.arrow:arrow-memory-unsafe "
        }) {
            assertTrue(explained.out().contains(seed), explained.out());
            assertTrue(run.err().contains(seed), run.err());
        }
        assertTrue(run.err().contains("UNSAFE buddy: seed arrow-memory-unsafe speaks for sizes 65536 to 16777216"));
        assertTrue(run.err().contains("served UNSAFE " + NettyAndArrow.MESSAGES + " blocks by buddy"), run.err());
    }

    /** A JVM speaks against an archive that does not suit it on the application's own output. */
    @Test
    void shouldStartFromAnArchiveOfWhichTheJvmSaysNothing() throws Exception {
        PolicyStore.open(store).policies().save(policy("slab"), PolicyState.DRAFT);
        List<String> application = application();
        application.addAll(1, List.of("--add-opens", "java.base/java.nio=ALL-UNNAMED"));

        Ended run = metalloc.run(Metalloc.behind(List.of("run", "--archive"), application));

        assertEquals("allocated 6400\n", run.out());
        assertEquals(7, run.exitCode(), run.err());
        try (Stream<Path> files = Files.list(scratch.resolve("home/cache"))) {
            List<Path> archives =
                    files.filter(file -> file.toString().endsWith(".jsa")).toList();
            assertEquals(1, archives.size());
            assertTrue(Files.size(archives.getFirst()) > 0);
        }
    }

    /** A wrapper in place of the JVM says which classes it loaded, and from where. */
    @Test
    void shouldMapTheLaunchersClassesFromItsArchive() throws Exception {
        Path home = scratch.resolve("jdk");
        Files.createDirectories(home.resolve("bin"));
        Files.copy(Metalloc.JAVA_HOME.resolve("release"), home.resolve("release"));
        Path java = Files.writeString(
                home.resolve("bin/java"),
                "#!/bin/bash\nexec " + Metalloc.JAVA + " \"${@/-Xlog:disable/-Xlog:class+load:file=loaded}\"\n");
        assertTrue(java.toFile().setExecutable(true));

        Ended ended = metalloc.with("METALLOC_JAVA_HOME", home).metalloc("db", "list");

        assertEquals(0, ended.exitCode(), ended.err());
        String loaded = Files.readString(scratch.resolve("loaded"));
        assertTrue(loaded.contains("dev.metalloc.launcher.Launcher source: shared objects file (top)"));
        assertTrue(loaded.contains("dev.metalloc.policy.store.PolicyStore source: shared objects file (top)"));
    }

    /** One line says why, the application does as ever, and the file is as it was. */
    private void assertUntouched(String reason, Path file, String... options) throws Exception {
        byte[] before = Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
        List<String> command = new ArrayList<>(List.of("run"));
        command.addAll(List.of(options));
        Ended run = metalloc.run(Metalloc.behind(command, application()));
        assertEquals(7, run.exitCode(), run.err());
        assertEquals("allocated 6400\n", run.out());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().startsWith("metalloc: ") && run.err().contains(reason), run.err());
        assertTrue(run.err().endsWith(": starting it untouched\n"), run.err());
        assertArrayEquals(before, Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0]);
    }

    private static List<String> application() {
        return Metalloc.java(APP, "7");
    }

    private static String arrowJars() {
        return Arrays.stream(System.getProperty("java.class.path", "").split(File.pathSeparator, -1))
                .filter(path -> path.contains("arrow-"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Policy policy(String allocator) {
        return new Policy(
                APP,
                1,
                1000,
                "a test",
                "time",
                List.of(new PolicyRule(
                        EntryPoint.UNSAFE, PolicySite.ANY, 1, 4096, AllocatorSpec.of(allocator), 1, List.of())));
    }
}
