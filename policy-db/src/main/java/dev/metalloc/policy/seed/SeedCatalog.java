// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import dev.metalloc.policy.PolicyFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The seeds there are: those that come with metalloc, and the user's own, which take the place of one of the same name.
 *
 * @param seeds in the order of their names
 */
public record SeedCatalog(List<Seed> seeds) {

    private static final String SHIPPED = "/dev/metalloc/policy/seeds/";
    private static final String INDEX = "index";
    private static final String SUFFIX = ".toml";

    public SeedCatalog {
        seeds = List.copyOf(seeds);
    }

    /**
     * Reads all seeds.
     *
     * @param ownFolder the user's; may not exist
     * @param problems told of each seed that cannot be used, in one line; the others are
     */
    public static SeedCatalog load(Path ownFolder, Consumer<String> problems) {
        Map<String, Seed> seeds = new TreeMap<>();
        for (String name : shippedNames()) {
            add(seeds, name, shippedText(name), "seed " + name, problems);
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(ownFolder, "*" + SUFFIX)) {
            for (Path file : files) {
                String fileName = String.valueOf(file.getFileName());
                String name = fileName.substring(0, fileName.length() - SUFFIX.length());
                add(seeds, name, Files.readString(file), file.toString(), problems);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return new SeedCatalog(List.copyOf(seeds.values()));
        } catch (IOException e) {
            problems.accept(ownFolder + ": cannot be read (check its rights)");
        }
        return new SeedCatalog(List.copyOf(seeds.values()));
    }

    private static void add(
            Map<String, Seed> seeds, String name, String text, String source, Consumer<String> problems) {
        try {
            seeds.put(name, SeedToml.parse(text, name, source));
        } catch (PolicyFormatException e) {
            problems.accept(String.valueOf(e.getMessage()));
        }
    }

    /** The names in the index; a jar cannot be asked what it holds in a folder. */
    static List<String> shippedNames() {
        List<String> names = new ArrayList<>();
        resource(INDEX)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .forEach(names::add);
        return names;
    }

    static String shippedText(String name) {
        return resource(name + SUFFIX);
    }

    private static String resource(String file) {
        try (@Nullable InputStream in = SeedCatalog.class.getResourceAsStream(SHIPPED + file)) {
            if (in == null) {
                throw new IllegalStateException("seed file missing from this build: " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("seed file unreadable in this build: " + file, e);
        }
    }
}
