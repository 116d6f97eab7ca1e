// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Has the C library free what came from {@code sun.misc.Unsafe}. */
public final class LibraryFrees {

    private static final int BLOCKS = 200_000;
    private static final int LIVE = 100;

    private LibraryFrees() {}

    public static void main(String[] arguments) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle free = linker.downcallHandle(
                linker.defaultLookup().find("free").orElseThrow(), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        long[] live = new long[LIVE];
        for (int i = 0; i < BLOCKS; i++) {
            int at = i * 7 % LIVE;
            if (live[at] != 0) {
                free.invokeExact(MemorySegment.ofAddress(live[at]));
            }
            live[at] = RawMemory.allocate(64 + i % 64);
        }
        System.out.println("done");
    }
}
