// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.EntryPoint;
import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;

class CostModelTest {

    @Test
    void shouldInterpolateOnLogarithmicAxes() {
        CostCurve curve = CostCurve.parse("16:10 1024:80 65536:80");

        assertEquals(10, curve.nanos(1), 1e-9);
        assertEquals(10, curve.nanos(16), 1e-9);
        assertEquals(Math.sqrt(800), curve.nanos(128), 1e-9);
        assertEquals(80, curve.nanos(8192), 1e-9);
        assertEquals(80, curve.nanos(1 << 20), 1e-9);
        assertEquals(40, CostCurve.parse("16:10 32:20").nanos(64), 1e-9);
        assertEquals(20 * Math.sqrt(2), CostCurve.parse("16:10 64:20").nanos(128), 1e-9);
    }

    @Test
    void shouldRiseNoSteeperThanInProportionBeyondTheLargestSize() {
        CostCurve curve = CostCurve.parse("65536:1900 1048576:1170000");

        assertEquals(1_170_000, curve.nanos(1 << 20), 1e-3);
        assertEquals(4 * 1_170_000.0, curve.nanos(4 << 20), 1e-3);
        assertEquals(16 * 1_170_000.0, curve.nanos(16 << 20), 1e-3);
    }

    @Test
    void shouldNameWhatIsWrongInATable() {
        assertRefused("zero = 16:2 8:3\n", "zero: 8:3 (expected: sizes in rising order)");
        assertRefused("zero = 16:2 32\n", "zero: 32 (expected: byteSize:nanos)");
        assertRefused("zero = 16:2\n", "two points or more");
        assertRefused("zero = 16:0 32:1\n", "a number above 0");
        assertRefused("frame.ARENA_CONFINED = x\n", "frame.ARENA_CONFINED");
    }

    @Test
    void shouldKnowTheShippedAllocators() {
        CostModel model = CostModel.shipped();

        for (String name : new String[] {"slab", "buddy", "segregated"}) {
            assertTrue(model.knows(name), name);
        }
        assertFalse(model.knows("other"));
    }

    /** A calibration of before has no such curve. */
    @Test
    void shouldBeAsSureOfMallocsHandlesAsTheyAreCalibrated() throws IOException {
        String slab = "block.slab.lifo = 10\nblock.slab.lifo.error = 0.1\n";
        CostModel without = CostModel.calibrated(new StringReader(slab));
        CostModel with = CostModel.calibrated(new StringReader(
                slab + "jdk.MALLOC_DOWNCALL = 16:20 64:20\njdk.MALLOC_DOWNCALL.error = 16:0.1 64:0.1\n"));

        assertTrue(with.errorLog(EntryPoint.MALLOC_DOWNCALL) < without.errorLog(EntryPoint.MALLOC_DOWNCALL));
        assertEquals(with.errorLog(EntryPoint.UNSAFE), with.errorLog(EntryPoint.MALLOC_DOWNCALL));
    }

    @Test
    void shouldBeAsSureAsTheFiguresOfTheEntryPoint() throws IOException {
        CostModel calibrated =
                CostModel.calibrated(new StringReader("block.slab.lifo = 10\nblock.slab.lifo.error = 0.1\n"));
        for (EntryPoint entryPoint : EntryPoint.values()) {
            assertEquals(0.35, CostModel.shipped().errorLog(entryPoint), 1e-9);
        }
        assertEquals(0.15, calibrated.errorLog(EntryPoint.UNSAFE), 1e-9);
        assertEquals(0.35, calibrated.errorLog(EntryPoint.DIRECT_BUFFER), 1e-9);
        assertEquals(0.35, calibrated.errorLog(EntryPoint.ARENA_CONFINED), 1e-9);
        assertEquals(0.35, calibrated.errorLog(EntryPoint.ARENA_SHARED), 1e-9);
    }

    private static void assertRefused(String table, String expected) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> read(table));
        assertTrue(String.valueOf(e.getMessage()).contains(expected), e.getMessage());
    }

    private static CostModel read(String table) {
        try {
            return CostModel.read(new StringReader(table));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
