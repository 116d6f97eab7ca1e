// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaReleaseTest {

    @TempDir
    Path home;

    @ParameterizedTest
    @CsvSource({"1.8.0_402, 1", "17.0.15, 17", "22, 22", "25-ea, 25", "26.0.1+9, 26"})
    void shouldReadTheFeatureNumber(String version, int feature) throws IOException {
        Files.writeString(home.resolve("release"), "A=\"1\"\nJAVA_VERSION=\"" + version + "\"\nB=\"2\"\n");
        JavaRelease release = JavaRelease.in(home).orElseThrow();
        assertEquals(version, release.version());
        assertEquals(feature, release.feature());
        assertEquals(feature >= 22, release.takesAgent());
    }

    @ParameterizedTest
    @CsvSource({"JAVA_VERSION=25", "JAVA_VERSION=\"\"", "OTHER_JAVA_VERSION=\"25\"", "JAVA_VERSION=\"99999999999\""})
    void shouldNotGuess(String line) throws IOException {
        Files.writeString(home.resolve("release"), line + "\n");
        assertTrue(JavaRelease.in(home).isEmpty());
    }

    @Test
    void shouldFindNothingWithoutReleaseFile() {
        assertTrue(JavaRelease.in(home).isEmpty());
        assertTrue(JavaRelease.ofExecutable(home.resolve("bin/java")).isEmpty());
    }
}
