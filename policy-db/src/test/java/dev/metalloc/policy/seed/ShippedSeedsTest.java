// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.AllocatorCatalog;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.policy.plan.PlanRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The seeds that come with metalloc, held against the packages they speak of. */
class ShippedSeedsTest {

    /** Jars of more than 12 MiB, which the build does not fetch. */
    private static final Set<String> NOT_FETCHED = Set.of("ignite", "questdb", "rocksdb");

    private final List<String> problems = new ArrayList<>();
    private final SeedCatalog catalog = SeedCatalog.load(Path.of("none"), problems::add);

    @Test
    void shouldAllParse() {
        assertEquals(List.of(), problems);
        assertTrue(
                catalog.seeds().size() >= 20, () -> "seeds: " + catalog.seeds().size());
    }

    @Test
    void shouldAllBeInTheIndex() throws IOException {
        Path folder = Path.of("seeds");
        try (Stream<Path> files = Files.list(folder)) {
            Set<String> names = new TreeSet<>();
            files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(".toml"))
                    .forEach(name -> names.add(name.substring(0, name.length() - ".toml".length())));
            assertEquals(List.copyOf(names), SeedCatalog.shippedNames());
        }
    }

    @Test
    void shouldMatchTheirPackagesRealJars() throws IOException {
        Set<String> matched = new TreeSet<>();
        for (Path jar : SeedJars.all()) {
            List<FoundPackage> found = new PackageFinder(catalog).on(List.of(jar));
            assertFalse(found.isEmpty(), () -> "no seed for " + jar);
            found.forEach(each -> {
                assertTrue(each.how() != FoundPackage.How.CLASS_NAMES, each::toString);
                assertFalse(each.version().isEmpty(), each::toString);
                matched.add(each.seed().name());
            });
        }
        Set<String> expected = new TreeSet<>();
        catalog.seeds().stream().filter(seed -> !seed.isOfJdk()).forEach(seed -> expected.add(seed.name()));
        expected.removeAll(NOT_FETCHED);
        assertEquals(expected, matched);
    }

    @Test
    void shouldNameClassesThatExist() throws IOException, ClassNotFoundException {
        List<Path> jars = SeedJars.all();
        for (Seed seed : catalog.seeds()) {
            for (String name : seed.classes()) {
                if (seed.isOfJdk()) {
                    assertEquals(name, Class.forName(name, false, null).getName());
                } else if (!NOT_FETCHED.contains(seed.name())) {
                    assertTrue(isInOneOf(jars, name), () -> seed.name() + ": no class " + name);
                }
            }
        }
    }

    private static boolean isInOneOf(List<Path> jars, String className) throws IOException {
        for (Path jar : jars) {
            try (JarFile file = new JarFile(jar.toFile())) {
                if (file.getEntry(className.replace('.', '/') + ".class") != null) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void shouldNameAllocatorsThatExist() {
        Set<String> known = new TreeSet<>(Set.of(PlanRule.LEAVE));
        AllocatorCatalog.load(getClass().getClassLoader()).traits().stream()
                .map(AllocatorTraits::name)
                .forEach(known::add);
        for (Seed seed : catalog.seeds()) {
            seed.rules()
                    .forEach(
                            rule -> assertTrue(known.contains(rule.allocator().allocator()), () -> seed.name() + rule));
        }
    }
}
