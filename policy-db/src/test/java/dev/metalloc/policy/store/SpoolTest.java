// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {

    @TempDir
    Path home;

    private Path folder;
    private PolicyStore store;
    private Spool spool;

    @BeforeEach
    void open() throws IOException {
        folder = Files.createDirectory(home.resolve("spool"));
        store = PolicyStore.open(home.resolve("metalloc.db"));
        spool = new Spool(folder, SpoolTest::read);
    }

    private static NewProfile read(byte[] bytes, ProfileLabels labels) throws IOException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.startsWith("bug")) {
            throw new IllegalStateException("half read");
        }
        if (!text.startsWith("app ")) {
            throw new IOException("not a profile\nsecond line");
        }
        return new NewProfile(text.substring(4, 5), bytes, TestRecords.meta(1, labels));
    }

    @Test
    void shouldTakeEachProfileOnce() throws IOException {
        drop("1.mprof", "app a 1");
        drop("2.mprof", "app b 2");
        drop("3.mprof", "app a 1");
        drop("other.tmp", "app a still being written");

        assertEquals(new Spool.Sweep(2, 1, List.of()), spool.sweep(store));
        assertEquals(new Spool.Sweep(0, 0, List.of()), spool.sweep(store));
        assertEquals(1, store.profiles().latest("a", 100).size());
        assertEquals(1, store.profiles().latest("b", 100).size());
        assertEquals(List.of("other.tmp"), names(folder));
    }

    @Test
    void shouldTakeLabelsFromTheFolder() throws IOException {
        ProfileLabels labels = new ProfileLabels("1.0/../x", "web~front");
        Files.createDirectories(spool.folder(labels));
        Files.writeString(spool.folder(labels).resolve("1.mprof"), "app a 1");
        drop("2.mprof", "app a 2");
        assertFalse(spool.isEmpty());

        assertEquals(new Spool.Sweep(2, 0, List.of()), spool.sweep(store));

        assertEquals(folder, spool.folder(labels).getParent());
        assertEquals(1, store.profiles().count(ProfileSelection.of("a", labels)));
        assertEquals(1, store.profiles().count(ProfileSelection.of("a", ProfileLabels.NONE)));
        assertTrue(spool.isEmpty());
    }

    @Test
    void shouldSetAsideWhatNoDatabaseCanStore() throws IOException {
        drop("1.mprof", "app \u0000 1");
        drop("2.mprof", "app a 2");

        Spool.Sweep sweep = spool.sweep(store);

        assertEquals(1, sweep.storedCount());
        assertTrue(sweep.problems().get(0).contains("control character"), sweep.problems()::toString);
    }

    @Test
    void shouldSetAsideWhatItCannotRead() throws IOException {
        drop("1.mprof", "garbage");
        drop("2.mprof", "bug");
        drop("3.mprof", "app a 1");

        Spool.Sweep sweep = spool.sweep(store);
        drop("1.mprof", "garbage again");
        spool.sweep(store);

        assertEquals(1, sweep.storedCount());
        assertEquals(
                List.of(
                        folder.resolve("1.mprof") + ": not a profile (moved to " + folder.resolve("bad/1.mprof") + ")",
                        folder.resolve("2.mprof") + ": half read (moved to " + folder.resolve("bad/2.mprof") + ")"),
                sweep.problems());
        assertEquals(List.of("1.mprof", "1.mprof.1", "2.mprof"), names(folder.resolve("bad")));
        assertEquals("garbage", Files.readString(folder.resolve("bad/1.mprof")));
    }

    @Test
    void shouldKeepTheFilesWhereTheStoreFails() throws IOException {
        drop("1.mprof", "app a 1");
        Files.writeString(home.resolve("metalloc.db"), "damaged now ".repeat(1000));
        Files.deleteIfExists(home.resolve("metalloc.db-wal"));

        assertThrows(PolicyStoreException.class, () -> spool.sweep(store));

        assertEquals(List.of("1.mprof"), names(folder));
    }

    @Test
    void shouldSweepNothingWithoutAFolder() {
        assertEquals(new Spool.Sweep(0, 0, List.of()), new Spool(home.resolve("none"), SpoolTest::read).sweep(store));
    }

    @Test
    void shouldShareTheWorkWithOtherSweeps() throws IOException, InterruptedException, ExecutionException {
        for (int i = 0; i < 60; i++) {
            drop(i + ".mprof", i % 10 == 0 ? "garbage " + i : "app a " + i);
        }
        List<Callable<Spool.Sweep>> sweeps = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            sweeps.add(() -> new Spool(folder, SpoolTest::read).sweep(PolicyStore.open(home.resolve("metalloc.db"))));
        }
        int stored = 0;
        int problems = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(sweeps.size())) {
            for (Future<Spool.Sweep> sweep : threads.invokeAll(sweeps)) {
                stored += sweep.get().storedCount();
                problems += sweep.get().problems().size();
            }
        }

        assertEquals(54, stored);
        assertEquals(6, problems);
        assertEquals(54, store.profiles().latest("a", 100).size());
        assertEquals(6, names(folder.resolve("bad")).size());
        assertTrue(names(folder).isEmpty());
        assertFalse(store.applications().isEmpty());
    }

    private void drop(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }
}
