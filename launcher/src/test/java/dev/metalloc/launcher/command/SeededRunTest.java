// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.launcher.TestSurroundings;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyRule;
import dev.metalloc.policy.PolicySite;
import dev.metalloc.policy.PolicyToml;
import dev.metalloc.policy.plan.PlanFormat;
import dev.metalloc.policy.store.PolicyState;
import dev.metalloc.policy.store.PolicyStore;
import dev.metalloc.policy.store.StoreLocation;
import dev.metalloc.profiler.api.EntryPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code run} starts an application by: its own policy, else the seeds, else nothing; and what it does when asked why. */
class SeededRunTest {

    @TempDir
    Path root;

    private TestSurroundings machine;

    @BeforeEach
    void makeMachine() throws IOException {
        machine = new TestSurroundings(root).with("METALLOC_INSTANCE", "here");
        machine.with("PATH", machine.jdk("path", "25.0.3").resolve("bin"));
        jar("lib/netty-buffer-4.2.20.Final.jar");
        jar("lib/arrow-memory-unsafe-19.0.0.jar");
    }

    @Test
    void shouldRunUnderTheSeedsOfItsPackages() throws IOException {
        assertEquals(0, machine.run("run", "--explain", "--", "java", "-cp", "lib/*", "a.B"));

        assertEquals("buddy", allocator());
        assertTrue(machine.err().matches("(?s).*metalloc: looked up in [0-9.]+ ms\n"), machine.err());
        assertTrue(machine.err().contains("seed netty-4.2 (io.netty:netty-buffer 4.2.20.Final)"), machine.err());
        assertTrue(
                machine.err().contains("seed arrow-memory-unsafe (org.apache.arrow:arrow-memory-unsafe 19.0.0)"),
                machine.err());
        assertEquals(0, machine.run("db", "show", "--explain", "a.B"));
        assertTrue(machine.out().startsWith("as it was last started:\n"), machine.out());
        assertTrue(machine.out().contains("UNSAFE buddy: seed arrow-memory-unsafe speaks for sizes 65536 to 16777216"));
    }

    @Test
    void shouldExplainACommandLineWithoutStartingIt() throws IOException {
        assertEquals(0, machine.run("db", "show", "--explain", "--", "java", "-cp", "lib/*", "a.B"));

        assertEquals(List.of(), machine.handedOver());
        assertTrue(machine.out().contains("policy of a.B: there is none"), machine.out());
        assertTrue(machine.out().contains("seed netty-4.2 (io.netty"), machine.out());
    }

    @Test
    void shouldPreferItsOwnPolicyAndTheCommandLineAboveAll() throws IOException {
        run();
        assertEquals("buddy", allocator());
        policies().policies().save(policy("slab"), PolicyState.DRAFT);
        run();
        assertEquals("slab", allocator());
        Path file = Files.writeString(root.resolve("p.toml"), PolicyToml.write(policy("segregated")));
        assertEquals(0, machine.run("run", "--policy", file.toString(), "--", "java", "-cp", "lib/*", "a.B"));
        assertEquals("segregated", allocator());
    }

    @Test
    void shouldTakeThePolicyOfAnApplicationCalledAsAFolderOrAnotherFile() throws IOException {
        policies().policies().save(policy("slab"), PolicyState.DRAFT);
        Path folder = Files.createDirectory(root.resolve("a.B"));
        assertEquals(0, machine.run("run", "--policy", "a.B", "--", "java", "c.D"));
        assertEquals("slab", allocator());
        assertEquals("", machine.err());

        Files.delete(folder);
        Files.writeString(folder, "notes");
        assertEquals(0, machine.run("run", "--policy", "a.B", "--", "java", "c.D"));
        assertEquals("slab", allocator());
        assertTrue(machine.err().contains(" is no policy: taking that of the application a.B\n"), machine.err());

        Files.createDirectory(root.resolve("c.D"));
        assertUntouched(
                "is a folder, and no application called c.D has a policy",
                "run",
                "--policy",
                "c.D",
                "--",
                "java",
                "c.D");
    }

    /** What breaks is not outweighed by what a profile says there is to win. */
    @Test
    void shouldLeaveWhatAStrictSeedLeavesWhateverItsOwnPolicySays() throws IOException {
        jar("lib/questdb-8.2.1.jar");
        policies().policies().save(policy("slab"), PolicyState.DRAFT);
        String notice = "UNSAFE left to the JDK against the policy for a.B: strict in the seeds of questdb";
        assertUntouched(notice, "run", "--", "java", "-cp", "lib/*", "a.B");
        assertUntouched(notice, "run", "--policy", "a.B", "--", "java", "-cp", "lib/*", "a.B");
        assertUntouched(notice, "auto", "--", "java", "-cp", "lib/*", "a.B");
        assertEquals(0, machine.run("db", "show", "--explain", "--", "java", "-cp", "lib/*", "a.B"));
        assertTrue(
                machine.out()
                        .contains("UNSAFE slab for sizes 1 to 4096: left to the JDK, since seed questdb"
                                + " (org.questdb:questdb 8.2.1) is strict: blocks are passed to native code"),
                machine.out());

        assertEquals(0, machine.run("run", "--", "java", "a.B"));
        assertEquals("slab", allocator());
    }

    @Test
    void shouldServeWhatAStrictSeedSaysNothingOf() throws IOException {
        jar("lib/questdb-8.2.1.jar");
        PolicyRule buffers = new PolicyRule(
                EntryPoint.DIRECT_BUFFER, PolicySite.ANY, 1, 4096, AllocatorSpec.of("buddy"), 1, List.of());
        Policy unsafe = policy("slab");
        policies()
                .policies()
                .save(
                        new Policy(
                                "a.B",
                                1,
                                1000,
                                "a test",
                                "time",
                                List.of(unsafe.rules().getFirst(), buffers)),
                        PolicyState.DRAFT);
        rest();
        run();
        run();

        assertEquals(1, PlanFormat.read(plan()).rules().size());
        assertEquals("buddy", allocator());
        assertEquals(
                2,
                machine.err()
                        .lines()
                        .filter(line -> line.contains("UNSAFE left to the JDK"))
                        .count());
    }

    @Test
    void shouldServeWhatAFileSaysAndMentionTheStrictSeedWhereAsked() throws IOException {
        jar("lib/questdb-8.2.1.jar");
        Files.writeString(root.resolve("p.toml"), PolicyToml.write(policy("slab")));
        assertEquals(0, machine.run("run", "--policy", "p.toml", "--", "java", "-cp", "lib/*", "a.B"));
        assertEquals("slab", allocator());
        assertEquals("", machine.err());

        assertEquals(0, machine.run("run", "--policy", "p.toml", "--explain", "--", "java", "-cp", "lib/*", "a.B"));
        assertEquals("slab", allocator());
        assertTrue(
                machine.err().contains("UNSAFE slab for sizes 1 to 4096: served, though seed questdb"), machine.err());
    }

    /** What breaks an application once will do so again. */
    @Test
    void shouldGiveUpAPolicyUnderWhichItDiedButNotOneThatIsNamed() throws IOException {
        policies().policies().save(policy("slab"), PolicyState.DRAFT);
        run();
        Path marks = root.resolve("home/runs/a.B-1");
        assertTrue(
                machine.handedOver().get(1).endsWith(",marks=" + marks),
                machine.handedOver().get(1));
        String bootId = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
        Files.writeString(marks.resolve("8388608-1"), bootId + root);
        run();
        Files.writeString(marks.resolve("8388608-2"), bootId + root);
        String doubt = "2 of the last 2 runs by this policy crashed or were killed";
        assertUntouched(doubt, "run", "--", "java", "-cp", "lib/*", "a.B");
        assertUntouched(doubt, "auto", "--", "java", "-cp", "lib/*", "a.B");

        assertEquals(0, machine.run("run", "--policy", "a.B", "--", "java", "-cp", "lib/*", "a.B"));
        assertEquals("slab", allocator());
        assertFalse(machine.handedOver().get(1).contains("marks="));
        policies().policies().save(policy("buddy"), PolicyState.DRAFT);
        run();
        assertEquals("buddy", allocator());
    }

    @Test
    void shouldStartUntouchedWithoutSeedsOrPolicy() throws IOException {
        assertEquals(0, machine.run("run", "--", "java", "a.B"));
        assertEquals(List.of(""), machine.handedOver());
        assertEquals("metalloc: no policy known for a.B: starting it untouched\n", machine.err());
    }

    /** The second start must not wait for a database driver; but it must see whatever has changed. */
    @Test
    void shouldPrepareAgainOnlyWhereSomethingChanged() throws IOException {
        PolicyStore store = policies();
        store.policies().save(policy("slab"), PolicyState.DRAFT);
        rest();
        run();
        assertTrue(isRecalled());

        store.policies().save(policy("buddy"), PolicyState.DRAFT);
        run();
        assertEquals("buddy", allocator());
        rest();
        run();
        assertTrue(isRecalled());
        Files.delete(plan());
        run();
        assertEquals("buddy", allocator());
    }

    /** Within a tick of the file system's clock a change cannot be seen by a file's time. */
    @Test
    void shouldPrepareAgainWhileFilesAreBeingChanged() throws IOException {
        policies().policies().save(policy("slab"), PolicyState.DRAFT);
        run();
        assertFalse(isRecalled());
    }

    /** Both have version 1 of the same application, and so the same plan file. */
    @Test
    void shouldNotTakeThePlanOfAnotherPolicy() throws IOException {
        policies().policies().save(policy("slab"), PolicyState.DRAFT);
        rest();
        run();
        assertTrue(isRecalled());
        Path file = Files.writeString(root.resolve("p.toml"), PolicyToml.write(policy("segregated")));
        assertEquals(0, machine.run("run", "--policy", file.toString(), "--", "java", "-cp", "lib/*", "a.B"));
        run();
        assertEquals("slab", allocator());
    }

    /** What failed once may go well the next time, though no file has changed. */
    @Test
    void shouldNotRememberAFailure() throws IOException {
        Files.createDirectories(root.resolve("home"));
        Files.writeString(store(), "not a database ".repeat(1000));
        rest();
        run();
        assertFalse(isRecalled());
    }

    /** Whether the next start takes what the last one left: then it leaves nothing anew. */
    private boolean isRecalled() throws IOException {
        Path left = root.resolve("home/plans/a.B.start");
        FileTime before = FileTime.fromMillis(1000);
        Files.setLastModifiedTime(left, before);
        run();
        return Files.getLastModifiedTime(left).equals(before);
    }

    /** Makes all files look as if nobody had touched them for long. */
    private void rest() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.fromMillis(5000));
            }
        }
    }

    @Test
    void shouldStartUntouchedWhateverIsWrong() throws IOException {
        Files.createDirectories(root.resolve("home"));
        Files.writeString(store(), "not a database ".repeat(1000));
        byte[] before = Files.readAllBytes(store());
        assertUntouched("is damaged or no metalloc store", "run", "--", "java", "-cp", "lib/*", "a.B");
        assertArrayEquals(before, Files.readAllBytes(store()));
        Files.delete(store());

        Path file = root.resolve("p.toml");
        Files.writeString(file, PolicyToml.write(policy("magic")));
        assertUntouched("names an unknown allocator: magic (known: ", "run", "--policy", "p.toml", "--", "java", "a.B");
        Files.writeString(file, PolicyToml.write(policy("slab")).replace("schema = 1", "schema = 9"));
        assertUntouched("schema: 9 is newer than 1", "run", "--policy", "p.toml", "--", "java", "a.B");

        policies().policies().save(policy("magic"), PolicyState.DRAFT);
        assertUntouched("names an unknown allocator: magic", "run", "--", "java", "a.B");
    }

    @Test
    void shouldNotWaitForAServerAndUseWhatItSaidLast() throws IOException {
        machine.with("METALLOC_DB", "jdbc:postgresql://localhost:1/x?user=me&password=secret");
        assertUntouched("the server does not answer", "run", "--", "java", "-cp", "lib/*", "a.B");
        assertFalse(machine.err().contains("secret"));

        Files.createDirectories(root.resolve("home/policies"));
        Files.writeString(root.resolve("home/policies/a.B.toml"), PolicyToml.write(policy("slab")));
        assertEquals(0, machine.run("run", "--", "java", "a.B"));
        assertEquals("slab", allocator());
        assertTrue(machine.err().contains("using the policy it gave last, version 1"), machine.err());
    }

    @Test
    void shouldRefuseADatabaseItDoesNotKnow() throws IOException {
        machine.with("METALLOC_DB", "jdbc:mysql://localhost/x?password=secret");

        assertUntouched("METALLOC_DB names no database metalloc knows", "run", "--", "java", "a.B");
        assertEquals(1, machine.run("db", "list"));
        assertFalse(machine.err().contains("secret"));
    }

    private void assertUntouched(String reason, String... arguments) throws IOException {
        long linesBefore = machine.err().lines().count();
        assertEquals(0, machine.run(arguments));
        assertEquals(List.of(""), machine.handedOver());
        assertEquals(linesBefore + 1, machine.err().lines().count(), machine.err());
        assertTrue(
                machine.err().contains(reason) && machine.err().endsWith(": starting it untouched\n"), machine.err());
    }

    private void run() {
        assertEquals(0, machine.run("run", "--", "java", "-cp", "lib/*", "a.B"), machine.err());
    }

    private String allocator() throws IOException {
        return PlanFormat.read(plan()).rules().getFirst().spec().allocator();
    }

    private Path plan() throws IOException {
        return Path.of(machine.handedOver().get(1).replaceFirst(".*,plan=([^,]*),.*", "$1"));
    }

    private Path store() {
        return root.resolve("home/metalloc.db");
    }

    private PolicyStore policies() {
        return PolicyStore.open(StoreLocation.of(store()));
    }

    private static Policy policy(String allocator) {
        return new Policy(
                "a.B",
                1,
                1000,
                "a test",
                "time",
                List.of(new PolicyRule(
                        EntryPoint.UNSAFE, PolicySite.ANY, 1, 4096, AllocatorSpec.of(allocator), 1, List.of())));
    }

    private void jar(String name) throws IOException {
        Path jar = root.resolve(name);
        Files.createDirectories(jar.getParent());
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry("empty"));
        }
    }
}
