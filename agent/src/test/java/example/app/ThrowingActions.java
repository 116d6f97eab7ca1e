// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Closes arenas whose cleanup actions throw, more of them than one thread may have open at once. */
@SuppressWarnings("MustBeClosedChecker") // what a close throws is looked at
public final class ThrowingActions {

    public static final int ARENAS = 1_000;

    private ThrowingActions() {}

    public static void main(String[] arguments) {
        int thrown = 0;
        for (int i = 0; i < ARENAS; i++) {
            Arena arena = Arena.ofConfined();
            MemorySegment segment = arena.allocate(64);
            segment.reinterpret(64, arena, s -> {
                throw new IllegalStateException("thrown");
            });
            try {
                arena.close();
            } catch (IllegalStateException e) {
                thrown++;
            }
        }
        System.out.println("thrown " + thrown);
    }
}
