// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What runs in java.base must not reach for what is not there, or not yet. Constant pools name all that a class uses. */
class BelowApplicationTest {
    private static final List<String> FORBIDDEN = List.of(
            "org/HdrHistogram",
            "LambdaMetafactory",
            "StringConcatFactory",
            "SwitchBootstraps",
            "java/lang/ThreadLocal",
            "java/util/ServiceLoader",
            "java/util/concurrent/locks",
            "java/util/concurrent/ConcurrentHashMap",
            "findVarHandle", // VarHandle itself is there for its fences
            "arrayElementVarHandle",
            "java/lang/reflect",
            "java/util/logging",
            "api/BandProfile",
            "api/Profile",
            "api/SiteProfile");

    @Test
    void recordingClassesUseTheJdkAlone() throws Exception {
        List<String> found = new ArrayList<>();
        List<Path> classes = classFiles();
        assertTrue(classes.size() > 20, "" + classes);
        for (Path file : classes) {
            String constants = Files.readString(file, StandardCharsets.ISO_8859_1);
            for (String name : FORBIDDEN) {
                if (constants.contains(name)) {
                    found.add(file.getFileName() + " uses " + name);
                }
            }
        }
        assertEquals(List.of(), found);
    }

    private static List<Path> classFiles() throws IOException {
        Path root = Path.of(Objects.requireNonNull(Recorder.class.getResource("Recorder.class"))
                        .getPath())
                .getParent();
        try (var files = Files.list(Objects.requireNonNull(root))) {
            return files.filter(file -> file.toString().endsWith(".class") && !file.endsWith("package-info.class"))
                    .toList();
        }
    }
}
