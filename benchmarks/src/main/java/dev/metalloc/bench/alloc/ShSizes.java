// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import java.util.stream.IntStream;

/** The sizes of the sh6 and sh8 benchmarks: from each of some bases up to 1000 bytes down by halves, small ones most. */
final class ShSizes {

    private static final int LARGEST = 1000;

    private ShSizes() {}

    static Sizes sizes() {
        return Sizes.repeating(IntStream.iterate(1, base -> base < LARGEST, base -> base * 3 / 2 + 1)
                .flatMap(ShSizes::downFrom)
                .toArray());
    }

    private static IntStream downFrom(int base) {
        return IntStream.iterate(base, size -> size > 0, size -> size / 2);
    }
}
