// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.metalloc.launcher.TestSurroundings;
import dev.metalloc.policy.store.PolicyStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationsTest {

    @TempDir
    Path root;

    /** There is no JVM here to measure with: what is not in the store cannot be had. */
    @Test
    void shouldTakeFromTheStoreWhatAMachineLikeThisOneMeasured() throws IOException {
        TestSurroundings machine = new TestSurroundings(root);
        PolicyStore store = PolicyStore.open(root.resolve("home/metalloc.db"));
        store.calibrations().save(Calibrations.cpu(), "another version", 2, "wrong");
        store.calibrations().save(Calibrations.cpu(), Calibrations.javaVersion(), 1, "figures\n");
        Calibrations calibrations = new Calibrations(machine.surroundings());
        assertFalse(Files.exists(calibrations.file()));

        Path file = calibrations.fileOrMeasured().orElseThrow();

        assertEquals(calibrations.file(), file);
        assertEquals("figures\n", Files.readString(file));
        assertEquals("", machine.err());
    }
}
