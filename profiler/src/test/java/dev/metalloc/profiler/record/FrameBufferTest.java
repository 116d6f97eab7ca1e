// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FrameBufferTest {
    private final FrameBuffer buffer = new FrameBuffer();

    @Test
    void leadingWrappersGiveWayToTheirCaller() {
        offer("java.nio.ByteBuffer");
        offer("io.netty.util.internal.PlatformDependent");
        offer("io.netty.buffer.PoolArena");
        offer("app.Handler");
        offer("io.netty.buffer.PooledByteBuf"); // further out it says how the caller was reached
        offer("app.Main");
        assertArrayEquals(
                new String[] {"app.Handler", "io.netty.buffer.PooledByteBuf", "app.Main"}, buffer.copyOfClassNames());
    }

    @Test
    void relocatedWrappersAreWrappersToo() {
        offer("io.grpc.netty.shaded.io.netty.buffer.PoolArena");
        offer("org.apache.arrow.vector.BaseVariableWidthVector");
        offer("app.Handler");
        assertArrayEquals(new String[] {"app.Handler"}, buffer.copyOfClassNames());
        assertFalse(FrameFilter.isWrapper("app.bio.netty.bufferless.Main"));
        assertFalse(FrameFilter.isWrapper("myorg.apache.arrow.memory.Main"));
    }

    @Test
    void wrappersAloneAreASite() {
        offer("io.netty.buffer.PoolArena");
        offer("java.lang.Thread");
        assertArrayEquals(new String[] {"io.netty.buffer.PoolArena"}, buffer.copyOfClassNames());
    }

    @Test
    void eightFramesAreEnough() {
        for (int i = 0; i < 7; i++) {
            assertTrue(buffer.add("app.C" + i, "m", i));
        }
        assertFalse(buffer.add("app.C7", "m", 7));
        assertFalse(buffer.wants("app.C8"));
        assertEquals(8, buffer.size());
    }

    @Test
    void callerIsFoundBehindManyWrappers() {
        for (int i = 0; i < 20; i++) {
            offer("io.netty.buffer.W" + i);
        }
        offer("app.Main");
        assertArrayEquals(new String[] {"app.Main"}, buffer.copyOfClassNames());
    }

    @Test
    void hashDependsOnNamesAlone() {
        long hash = hashOf("app.Main", "run", 10);
        assertEquals(hash, hashOf("app.Main", "run", 11));
        assertNotEquals(hash, hashOf("app.Main", "runs", 10));
        assertNotEquals(hashOf("app.A", "bc", 1), hashOf("app.Ab", "c", 1));
        assertEquals(hashOf("app.Main$1/0x00007f01", "run", 1), hashOf("app.Main$1/0x00007f99", "run", 1));
    }

    @Test
    void hashIsTheSameInEveryRun() {
        assertEquals(-3_293_016_872_440_108_427L, hashOf("app.Main", "run", 1));
    }

    @Test
    void walkFindsTheCallerOutsideTheRecorder() {
        new StackWalkerSource().walk(buffer);
        assertEquals(FrameBufferTest.class.getName(), buffer.copyOfClassNames()[0]);
        assertEquals("walkFindsTheCallerOutsideTheRecorder", buffer.copyOfMethodNames()[0]);
        assertTrue(buffer.copyOfLines()[0] > 0);
    }

    private void offer(String className) {
        if (buffer.wants(className)) {
            buffer.add(className, "call", 1);
        }
    }

    private static long hashOf(String className, String method, int line) {
        FrameBuffer buffer = new FrameBuffer();
        buffer.add(className, method, line);
        return buffer.hash();
    }
}
