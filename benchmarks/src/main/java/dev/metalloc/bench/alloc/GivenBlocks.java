// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Small blocks, one for each thread, all allocated by whichever thread comes first. */
@State(Scope.Benchmark)
public class GivenBlocks {

    private static final int BLOCK_BYTES = 8;

    private @Nullable Blocks blocks;

    synchronized Blocks allocated(String subject, int count) {
        Blocks given = blocks;
        if (given == null) {
            given = Selection.blocks(subject, count);
            for (int place = 0; place < count; place++) {
                given.allocate(place, BLOCK_BYTES);
            }
            blocks = given;
        }
        return given;
    }
}
