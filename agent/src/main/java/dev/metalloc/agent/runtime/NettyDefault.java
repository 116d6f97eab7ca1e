// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** Puts an allocator of ours in the place of Netty's default one; whatever goes wrong, Netty's stays. */
public final class NettyDefault {

    private static volatile byte @Nullable [][] classFiles;

    private NettyDefault() {}

    /**
     * Has every Netty that is loaded from here on be given the allocator.
     *
     * @param files of the classes to define beside Netty's, each after those it uses; the last is the allocator
     */
    public static void offer(byte[][] files) {
        classFiles = files;
    }

    /**
     * The allocator over the one that Netty chose, or that one. Every loader that has Netty comes here once.
     *
     * @param netty may define classes in the package of Netty's buffers
     */
    public static Object over(Object chosen, MethodHandles.Lookup netty) {
        byte[][] files = classFiles;
        if (files == null) {
            return chosen;
        }
        try {
            Class<?> last = Object.class;
            for (byte[] file : files) {
                last = netty.defineClass(file);
            }
            MethodHandle constructor = netty.findConstructor(last, MethodType.methodType(void.class, Object.class));
            return constructor.invoke(chosen);
        } catch (Throwable unknownVersion) {
            System.err.println("metalloc: Netty's buffers stay with Netty: " + unknownVersion);
            return chosen;
        }
    }
}
