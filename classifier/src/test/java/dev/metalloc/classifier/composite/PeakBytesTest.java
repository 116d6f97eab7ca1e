// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeakBytesTest {

    @ParameterizedTest
    @CsvSource({"0, 8", "1, 8", "9, 16", "64, 64", "65, 80", "128, 128", "129, 160", "1000, 1024", "65537, 81920"})
    void shouldRoundToTheSizeClassesOfGeneralPurposeAllocators(long byteSize, long expected) {
        assertEquals(expected, PeakBytes.sizeClass(byteSize));
    }

    @Test
    void shouldWasteAtMostAFifthOfAClassAboveTheLeast() {
        for (long byteSize = 64; byteSize < 100_000; byteSize++) {
            long rounded = PeakBytes.sizeClass(byteSize);
            assertTrue(rounded >= byteSize && 5 * (rounded - byteSize) < rounded, "bytes " + byteSize);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 32", "24, 32", "25, 48", "40, 48", "41, 64"})
    void shouldPutAHeaderBeforeABlockOfTheCLibrary(long byteSize, long expected) {
        assertEquals(expected, PeakBytes.malloc(byteSize));
    }
}
