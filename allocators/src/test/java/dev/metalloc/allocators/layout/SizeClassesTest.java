// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SizeClassesTest {

    @Test
    void shouldCoverEverySizeWithLeastWaste() {
        check(SizeClasses.geometric());
        check(SizeClasses.parse("1"));
        check(SizeClasses.parse("16,17,33,100, 4095,4096,65536"));
        check(SizeClasses.parse("1048576"));
    }

    private static void check(SizeClasses classes) {
        for (int c = 0; c < classes.count(); c++) {
            assertEquals(0, classes.byteSize(c) % 16);
            assertTrue(c == 0 || classes.byteSize(c) > classes.byteSize(c - 1), "ascending");
        }
        for (int size = 0; size <= classes.largestByteSize(); size++) {
            int c = classes.classOf(size);
            assertTrue(classes.byteSize(c) >= size, "holds " + size);
            assertTrue(c == 0 || classes.byteSize(c - 1) < size, "least class for " + size);
        }
    }

    @Test
    void shouldWasteAtMostAFifthByDefault() {
        SizeClasses classes = SizeClasses.geometric();
        assertEquals(16, classes.byteSize(0));
        assertEquals(32768, classes.largestByteSize());
        for (int size = 65; size <= 32768; size++) {
            int block = classes.byteSize(classes.classOf(size));
            assertTrue((block - size) * 5L <= block, size + " in " + block);
        }
    }

    @Test
    void shouldFindAlignedClasses() {
        SizeClasses classes = SizeClasses.geometric();
        for (long alignment = 16; alignment <= 32768; alignment *= 2) {
            for (int size = 1; size <= 32768; size += 37) {
                int c = classes.alignedClassOf(size, alignment);
                assertTrue(c >= 0 && classes.byteSize(c) >= size && classes.byteSize(c) % alignment == 0);
            }
        }
        assertEquals(-1, SizeClasses.parse("48").alignedClassOf(10, 32));
    }

    /** An alignment that some sizes lack is not claimed for any. */
    @Test
    void shouldClaimNoMoreAlignmentThanEverySizeHas() {
        for (String text : new String[] {"16", "32,48", "64,80", "16,4096,4112", "24,100,256,1000,4096,65536"}) {
            SizeClasses classes = SizeClasses.parse(text);
            for (long alignment = 16; alignment <= classes.largestAlignment(); alignment *= 2) {
                for (int size = 0; size <= classes.largestByteSize(); size++) {
                    assertTrue(classes.alignedClassOf(Math.max(size, alignment), alignment) >= 0, text + ": " + size);
                }
            }
        }
        assertEquals(32768, SizeClasses.geometric().largestAlignment());
        assertEquals(16, SizeClasses.parse("32,48").largestAlignment());
    }

    @Test
    void shouldNameTheWrongEntry() {
        for (String wrong : new String[] {"", "16,8", "16,16", "0", "-16", "16,x", "1048577", "16,,32"}) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> SizeClasses.parse(wrong), wrong);
            assertTrue(String.valueOf(e.getMessage()).startsWith("classes: "), e.getMessage());
        }
    }
}
