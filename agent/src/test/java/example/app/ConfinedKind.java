// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Says what kind of arena the JDK hands out; opens many confined ones at once, one out of turn, and allocates while one is acquired. */
public final class ConfinedKind {

    public static final int OPEN_AT_ONCE = 100;
    public static final int BLOCK_BYTES = 48;

    private ConfinedKind() {}

    @SuppressWarnings("MustBeClosedChecker") // they are closed one by one
    public static void main(String[] arguments) {
        Arena[] arenas = new Arena[OPEN_AT_ONCE];
        for (int i = 0; i < OPEN_AT_ONCE; i++) {
            arenas[i] = Arena.ofConfined();
            arenas[i].allocate(BLOCK_BYTES);
        }
        System.out.println(arenas[0].getClass().getName());
        arenas[0].close();
        for (int i = OPEN_AT_ONCE - 1; i > 0; i--) {
            MemorySegment block = arenas[i].allocate(BLOCK_BYTES);
            block.fill((byte) 1);
            arenas[i].close();
        }
    }
}
