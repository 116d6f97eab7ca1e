// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.launcher.TestSurroundings;
import dev.metalloc.launcher.fleet.SyntheticProfiles;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyRule;
import dev.metalloc.policy.PolicySite;
import dev.metalloc.policy.store.PolicyState;
import dev.metalloc.policy.store.PolicyStore;
import dev.metalloc.policy.store.ProfileLabels;
import dev.metalloc.policy.store.ProfileSelection;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.io.ProfileReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DbCommandsTest {

    @TempDir
    Path root;

    private TestSurroundings machine;
    private PolicyStore store;

    @BeforeEach
    void makeMachine() throws IOException {
        machine = machine("one");
        store = PolicyStore.open(root.resolve("one/home/metalloc.db"));
    }

    private TestSurroundings machine(String name) throws IOException {
        return new TestSurroundings(Files.createDirectories(root.resolve(name))).with("METALLOC_INSTANCE", "here");
    }

    @Test
    void shouldDeliverWhatRunsLeftWithItsLabels() throws IOException {
        machine.with("METALLOC_ROLE", "web")
                .with("PATH", machine.jdk("path", "25.0.3").resolve("bin"));
        assertEquals(0, machine.run("profile", "--app", "a", "--", "java", "a.B"));
        String folder = machine.handedOver()
                .get(1)
                .replaceFirst(".*,spool=([^,]*).*", "$1")
                .replace("%25", "%");
        Files.createDirectories(Path.of(folder));
        Files.write(Path.of(folder, "1.mprof"), bytes(1));

        assertEquals(0, machine.run("db", "push"));

        assertTrue(machine.out().contains("delivered 1, known already 0, to "), machine.out());
        assertEquals(1, store.profiles().count(ProfileSelection.of("a", new ProfileLabels("", "web"))));
    }

    @Test
    void shouldMergeAndWriteTheSum() throws IOException {
        push(3);

        assertEquals(0, machine.run("db", "merge", "a", "-o", "sum.mprof"));

        assertTrue(machine.out().startsWith("a: 3 profiles of 1 hosts"), machine.out());
        assertEquals(3, ProfileReader.read(root.resolve("one/sum.mprof")).run().runCount());
        assertEquals(1, machine.run("db", "merge", "a", "--role", "web"));
        assertTrue(machine.err().contains("no such profiles of a (see metalloc db list)"), machine.err());
    }

    @Test
    void shouldRollOutPinAndGoBack() {
        store.policies().save(policy("slab"), PolicyState.DRAFT);
        store.policies().save(policy("buddy"), PolicyState.DRAFT);

        rollout("version 1 is the newest approved one", "--version", "1", "--approve");
        rollout("version 2 is the newest approved one", "--approve");
        rollout("version 1 is the newest approved one", "--share", "0");
        rollout("version 2 is the newest approved one", "--share", "100");
        rollout("version 1 is pinned", "--version", "1", "--pin");
        rollout("version 2 is the newest approved one", "--unpin");
        rollout("version 1 is the newest approved one", "--back");
        rollout("none is for this instance", "--back");
        assertEquals(1, machine.run("db", "rollout", "a", "--back"));
        assertEquals(1, machine.run("db", "rollout", "a", "--version", "7", "--pin"));
        assertEquals(2, machine.run("db", "rollout", "a"));
        assertEquals(2, machine.run("db", "rollout", "a", "--version", "1", "--share", "101"));
    }

    private void rollout(String reason, String... options) {
        String[] arguments = new String[options.length + 3];
        System.arraycopy(new String[] {"db", "rollout", "a"}, 0, arguments, 0, 3);
        System.arraycopy(options, 0, arguments, 3, options.length);
        assertEquals(0, machine.run(arguments), machine.err());
        String last = machine.out().lines().reduce((a, b) -> b).orElse("");
        assertEquals("here: " + reason, last);
    }

    @Test
    void shouldTakeABundleFromOneStoreToAnother() throws IOException {
        push(3);
        store.policies().save(policy("slab"), PolicyState.PINNED);
        String bundle = root.resolve("x.bundle").toString();
        assertEquals(0, machine.run("db", "keygen", root.resolve("me").toString()));
        assertEquals(
                0,
                machine.run(
                        "db",
                        "export",
                        "a",
                        "-o",
                        bundle,
                        "--sign",
                        root.resolve("me.key").toString()),
                machine.err());
        TestSurroundings other = machine("two");

        assertEquals(1, other.run("db", "import", bundle));
        assertTrue(other.err().contains("signed by nobody trusted here"), other.err());
        assertFalse(Files.exists(root.resolve("two/home/metalloc.db")));
        String key = root.resolve("me.pub").toString();
        assertEquals(0, other.run("db", "import", bundle, "--trust", key), other.err());
        assertEquals("added 3 of 3 profiles and 1 of 1 policies\n", other.out());
        assertEquals(0, other.run("db", "import", bundle, "--trust", key));
        assertTrue(other.out().endsWith("added 0 of 3 profiles and 0 of 1 policies\n"), other.out());

        PolicyStore copy = PolicyStore.open(root.resolve("two/home/metalloc.db"));
        assertEquals(3, copy.profiles().count(ProfileSelection.of("a")));
        assertEquals(PolicyState.DRAFT, copy.policies().all("a").get(0).state());
    }

    @Test
    void shouldRefuseATamperedBundleAndStoreNothing() throws IOException {
        push(1);
        Path bundle = root.resolve("x.bundle");
        assertEquals(0, machine.run("db", "export", "a", "-o", bundle.toString()));
        byte[] bytes = Files.readAllBytes(bundle);
        bytes[bytes.length / 2] ^= 1;
        Files.write(bundle, bytes);
        TestSurroundings other = machine("two");

        assertEquals(1, other.run("db", "import", bundle.toString(), "--unverified"));

        assertEquals(1, other.err().lines().count(), other.err());
        assertFalse(Files.exists(root.resolve("two/home/metalloc.db")));
    }

    @Test
    void shouldPruneWhatIsOld() throws IOException {
        push(5);

        assertEquals(0, machine.run("db", "prune", "--older-than", "0", "--keep", "2", "--dry-run"));
        assertEquals("would remove 3 profiles\n", machine.out());
        assertEquals(0, machine.run("db", "prune", "--older-than", "0", "--keep", "2"));
        assertTrue(machine.out().endsWith("removed 3 profiles and 0 policies\n"), machine.out());
        assertEquals(2, store.profiles().count(ProfileSelection.of("a")));
    }

    @Test
    void shouldListSeedsAndCheckOnesBeingWritten() throws IOException {
        assertEquals(0, machine.run("db", "seed", "--evidence"));
        assertTrue(machine.out().contains("netty-4.2\tio.netty:netty-buffer,io.netty:netty-all\t[4.2,5)\tNetty 4.2"));
        Files.writeString(root.resolve("one/mine.toml"), "schema = 1\n");
        assertEquals(1, machine.run("db", "seed", "mine.toml"));
        assertTrue(machine.err().contains("mine.toml: title: missing (add it)"), machine.err());
    }

    @Test
    void shouldShowWhatIsKnown() throws IOException {
        push(1);
        store.policies().save(policy("slab"), PolicyState.PINNED);

        assertEquals(0, machine.run("db", "show", "a"));
        assertTrue(machine.out().contains("# policy 1: pinned, of 1970-01-01T00:00:01Z, from a test\n"), machine.out());
        assertTrue(
                machine.out().matches("(?s).*\n# the C library's heaps: [89]\\d+ KiB held, peak \\d+ KiB live\n.*"),
                machine.out());
        assertEquals(0, machine.run("db", "show", "--explain", "a"));
        assertTrue(machine.out().contains("policy of a: version 1 is pinned\n"), machine.out());
        assertEquals(2, machine.run("db", "show"));
        assertEquals(1, machine.run("db", "show", "b"));
    }

    @Test
    void shouldShowWhatOfAPolicyCannotBeServed() throws Exception {
        PolicyRule rule = new PolicyRule(
                EntryPoint.ARENA_GLOBAL, PolicySite.ANY, 1, 4096, AllocatorSpec.of("slab"), 1, List.of());
        store.policies().save(new Policy("b", 1, 1000, "a test", "time", List.of(rule)), PolicyState.PINNED);

        assertEquals(0, machine.run("db", "show", "b"));
        assertTrue(
                machine.out()
                        .contains("# ARENA_GLOBAL cannot be served, whatever the policy says: the JDK serves it\n"),
                machine.out());
    }

    /** The costs are the shipped ones: there is no JDK here that could measure. */
    @Test
    void shouldRecommendForAnApplicationCalledAsAFolderOrAnotherFile() throws IOException {
        push(1);
        machine.with("METALLOC_COSTS", "shipped");
        Path folder = Files.createDirectory(root.resolve("one/a"));

        assertEquals(0, machine.run("recommend", "a"), machine.err());
        assertEquals("", machine.err());
        Files.delete(folder);
        Files.writeString(folder, "notes");
        assertEquals(0, machine.run("recommend", "a"), machine.err());
        assertEquals(
                "metalloc: " + folder + " is no profile: taking what is stored of the application a\n", machine.err());

        Path other = Files.createDirectory(root.resolve("one/b"));
        assertEquals(1, machine.run("recommend", "b"));
        assertTrue(
                machine.err().contains(other + " is a folder, and no application called b is profiled"), machine.err());
    }

    private void push(int count) throws IOException {
        Path spool = Files.createDirectories(root.resolve("one/home/spool"));
        for (int i = 0; i < count; i++) {
            Files.write(spool.resolve(i + ".mprof"), bytes(i));
        }
        assertEquals(
                0,
                machine("pusher")
                        .with("METALLOC_HOME", root.resolve("one/home"))
                        .run("db", "push"));
    }

    private byte[] bytes(int number) throws IOException {
        return SyntheticProfiles.bytes(
                SyntheticProfiles.at(SyntheticProfiles.usual("a", number), "a", SyntheticProfiles.daysOld(60) + number),
                root.resolve("x.mprof"));
    }

    private static Policy policy(String allocator) {
        return new Policy(
                "a",
                1,
                1000,
                "a test",
                "time",
                List.of(new PolicyRule(
                        EntryPoint.UNSAFE, PolicySite.ANY, 1, 4096, AllocatorSpec.of(allocator), 1, List.of())));
    }
}
