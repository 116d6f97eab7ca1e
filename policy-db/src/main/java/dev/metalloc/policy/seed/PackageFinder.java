// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import dev.metalloc.policy.seed.FoundPackage.How;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the packages that seeds speak of on an application's class and module path. Any thread.
 *
 * <p>A jar tells by the coordinates packed into it, else by its manifest, else by its name; copies under another package
 * name, and folders of classes, by the classes that the seed names. What cannot be read tells nothing: the JVM will say
 * what is wrong with it.
 */
public final class PackageFinder {

    private final SeedCatalog catalog;
    private final Set<String> simpleFileNames = new HashSet<>();

    public PackageFinder(SeedCatalog catalog) {
        this.catalog = catalog;
        for (Seed seed : catalog.seeds()) {
            for (String name : seed.classes()) {
                simpleFileNames.add(name.substring(name.lastIndexOf('.') + 1) + ".class");
            }
        }
    }

    /** The JDK's own seeds for a feature release, such as {@code 25}. */
    public List<FoundPackage> ofJdk(String featureVersion, Path javaHome) {
        return catalog.seeds().stream()
                .filter(seed -> seed.isOfJdk() && seed.versions().contains(featureVersion))
                .map(seed -> new FoundPackage(seed, Seed.JDK, featureVersion, How.RUNTIME, javaHome))
                .toList();
    }

    /** Each seed at most once, in the order of the path and then of the seeds' names. */
    public List<FoundPackage> on(List<Path> path) {
        List<FoundPackage> found = new ArrayList<>();
        Set<String> seeds = new HashSet<>();
        for (Path entry : path) {
            for (FoundPackage each : in(entry)) {
                if (seeds.add(each.seed().name())) {
                    found.add(each);
                }
            }
        }
        return found;
    }

    private List<FoundPackage> in(Path entry) {
        if (Files.isDirectory(entry)) {
            return catalog.seeds().stream()
                    .filter(seed -> !seed.isOfJdk() && holdsAll(entry, seed))
                    .map(seed -> byClasses(seed, "", entry))
                    .toList();
        }
        try {
            JarFacts facts = JarFacts.of(entry, simpleFileNames);
            return catalog.seeds().stream()
                    .filter(seed -> !seed.isOfJdk())
                    .flatMap(seed -> match(seed, facts).stream())
                    .toList();
        } catch (IOException | RuntimeException e) {
            return List.of();
        }
    }

    private static boolean holdsAll(Path folder, Seed seed) {
        return seed.classes().stream().allMatch(name -> Files.isRegularFile(folder.resolve(file(name))));
    }

    private static Optional<FoundPackage> match(Seed seed, JarFacts facts) {
        for (JarFacts.Coordinates packed : facts.coordinates()) {
            if (seed.coordinates().contains(packed.groupAndArtifact())) {
                return inRange(seed, packed.groupAndArtifact(), packed.version(), How.COORDINATES, facts.jar());
            }
        }
        for (String module : seed.modules()) {
            if (facts.moduleNames().contains(module)) {
                return inRange(seed, seed.coordinates().getFirst(), facts.manifestVersion(), How.MANIFEST, facts.jar());
            }
        }
        for (JarName name : facts.names()) {
            for (String coordinates : seed.coordinates()) {
                if (coordinates.endsWith(":" + name.artifactId())
                        && !name.version().isEmpty()) {
                    return inRange(seed, coordinates, name.version(), How.JAR_NAME, facts.jar());
                }
            }
        }
        return copied(seed, facts.classFiles()) ? Optional.of(byClasses(seed, "", facts.jar())) : Optional.empty();
    }

    private static Optional<FoundPackage> inRange(Seed seed, String coordinates, String version, How how, Path jar) {
        return seed.versions().contains(version)
                ? Optional.of(new FoundPackage(seed, coordinates, version, how, jar))
                : Optional.empty();
    }

    /** Whether all classes the seed names are here, under their own names or behind one more prefix. */
    private static boolean copied(Seed seed, Set<String> classFiles) {
        return seed.classes().stream()
                .map(PackageFinder::file)
                .allMatch(wanted ->
                        classFiles.stream().anyMatch(file -> file.equals(wanted) || file.endsWith("/" + wanted)));
    }

    private static FoundPackage byClasses(Seed seed, String version, Path where) {
        return new FoundPackage(seed, seed.coordinates().getFirst(), version, How.CLASS_NAMES, where);
    }

    private static String file(String className) {
        return className.replace('.', '/') + ".class";
    }
}
