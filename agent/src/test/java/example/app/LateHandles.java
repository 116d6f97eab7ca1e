// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import example.netty.util.internal.CleanerJava24Linker;
import example.netty.util.internal.CleanerJava24Linker.Linking;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Links malloc and free, and once more in another class after a line of input; blocks of all handles are freed by those of the other time too. */
public final class LateHandles {

    /** Blocks of each malloc. */
    public static final int BLOCKS = 500;

    private static final FunctionDescriptor MALLOC =
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);
    private static final FunctionDescriptor FREE = FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG);

    private LateHandles() {}

    public static void main(String[] arguments) throws Throwable {
        Linking before = new CleanerJava24Linker.Plain();
        MethodHandle malloc = before.link("malloc", MALLOC);
        MethodHandle free = before.link("free", FREE);
        long[] blocks = allocated(malloc);
        System.out.println("ready");
        if (System.in.read() < 0) {
            throw new IOException("no line");
        }
        Linking late = new CleanerJava24Linker.Late();
        MethodHandle lateMalloc = late.link("malloc", MALLOC);
        MethodHandle lateFree = late.link("free", FREE);
        free(lateFree, blocks);
        free(free, allocated(malloc));
        free(lateFree, allocated(lateMalloc));
        // Whatever that class links now, the free that it linked before knows nothing of us.
        MethodHandle again = before.link("free", FREE);
        free(free, allocated(before.link("malloc", MALLOC)));
        free(again, allocated(malloc));
        System.out.println("done");
    }

    private static long[] allocated(MethodHandle malloc) throws Throwable {
        long[] blocks = new long[BLOCKS];
        for (int i = 0; i < BLOCKS; i++) {
            blocks[i] = (long) malloc.invokeExact(64L);
        }
        return blocks;
    }

    private static void free(MethodHandle free, long[] blocks) throws Throwable {
        for (long block : blocks) {
            free.invokeExact(block);
        }
    }
}
