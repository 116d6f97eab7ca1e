// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Allocates, through each entry point, as often as the constants say; the argument says how it ends: {@code return},
 * {@code exit3}, {@code throw} or {@code wait} (for a signal).
 */
public final class KnownCounts {

    public static final int CONFINED_ARENAS = 1_000;
    public static final int BLOCKS_PER_ARENA = 3;
    public static final int SHARED_ARENAS = 50;
    public static final int GLOBAL_BLOCKS = 7;
    public static final int AUTO_BLOCKS = 11;
    public static final int DIRECT_BUFFERS = 400;
    public static final int DIRECT_BYTES = 2_000;
    public static final int UNSAFE_BLOCKS = 3_000;
    public static final int UNSAFE_BYTES = 100;
    public static final int REALLOCATIONS = 500;
    public static final int MALLOC_BLOCKS = 600;
    public static final int REMOTE_FREES = 250;
    public static final int VIRTUAL_BLOCKS = 123;

    private KnownCounts() {}

    public static void main(String[] arguments) throws Throwable {
        long sum = arenas() + directBuffers() + unsafeBlocks() + reallocations() + malloc() + remoteFrees() + virtual();
        System.out.println("sum=" + sum);
        switch (arguments.length == 0 ? "return" : arguments[0]) {
            case "exit3" -> System.exit(3);
            case "throw" -> throw new IllegalStateException("as asked");
            case "halt" -> Runtime.getRuntime().halt(4);
            case "wait" -> {
                System.out.flush();
                new java.util.concurrent.CountDownLatch(1).await();
            }
            default -> {}
        }
    }

    private static long arenas() {
        long sum = 0;
        for (int i = 0; i < CONFINED_ARENAS; i++) {
            try (Arena arena = Arena.ofConfined()) {
                sum += arena.allocateFrom("hello").byteSize();
                sum += arena.allocate(ValueLayout.JAVA_LONG).byteSize();
                sum += arena.allocate(200, 64).byteSize();
            }
        }
        for (int i = 0; i < SHARED_ARENAS; i++) {
            try (Arena arena = Arena.ofShared()) {
                sum += arena.allocate(1000).byteSize();
            }
        }
        for (int i = 0; i < GLOBAL_BLOCKS; i++) {
            sum += Arena.global().allocate(16).byteSize();
        }
        Arena automatic = Arena.ofAuto();
        for (int i = 0; i < AUTO_BLOCKS; i++) {
            sum += automatic.allocate(32).byteSize();
        }
        return sum;
    }

    private static long directBuffers() {
        long sum = 0;
        for (int i = 0; i < DIRECT_BUFFERS; i++) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(DIRECT_BYTES);
            buffer.putInt(0, i);
            sum += buffer.getInt(0);
            RawMemory.clean(buffer);
        }
        return sum;
    }

    private static long unsafeBlocks() {
        long sum = 0;
        long[] addresses = new long[UNSAFE_BLOCKS];
        for (int i = 0; i < UNSAFE_BLOCKS; i++) {
            addresses[i] = RawMemory.allocate(UNSAFE_BYTES);
            RawMemory.fill(addresses[i], UNSAFE_BYTES, (byte) i);
        }
        for (int i = 0; i < UNSAFE_BLOCKS; i++) {
            sum += RawMemory.byteAt(addresses[i] + UNSAFE_BYTES - 1) - (byte) i;
            RawMemory.free(addresses[i]);
        }
        RawMemory.free(0);
        return sum;
    }

    private static long reallocations() {
        long sum = 0;
        for (int i = 0; i < REALLOCATIONS; i++) {
            long address = RawMemory.reallocate(0, 64);
            RawMemory.putLong(address, i);
            address = RawMemory.reallocate(address, 4096);
            sum += RawMemory.longAt(address);
            address = RawMemory.reallocate(address, 100_000);
            sum += RawMemory.longAt(address);
            RawMemory.free(address);
        }
        return sum;
    }

    private static long malloc() throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle malloc = linker.downcallHandle(
                linker.defaultLookup().find("malloc").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        MethodHandle free = linker.downcallHandle(
                linker.defaultLookup().find("free").orElseThrow(), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        long sum = 0;
        for (int i = 0; i < MALLOC_BLOCKS; i++) {
            MemorySegment block = ((MemorySegment) malloc.invokeExact(48L)).reinterpret(48);
            block.set(ValueLayout.JAVA_INT, 44, i);
            sum += block.get(ValueLayout.JAVA_INT, 44);
            free.invokeExact(block);
        }
        return sum;
    }

    private static long remoteFrees() throws InterruptedException {
        long[] addresses = new long[REMOTE_FREES];
        Thread allocator = new Thread(() -> {
            for (int i = 0; i < REMOTE_FREES; i++) {
                addresses[i] = RawMemory.allocate(500);
            }
        });
        allocator.start();
        allocator.join();
        for (long address : addresses) {
            RawMemory.free(address);
        }
        return REMOTE_FREES;
    }

    private static long virtual() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < VIRTUAL_BLOCKS; i++) {
            threads.add(Thread.ofVirtual().start(() -> RawMemory.free(RawMemory.allocate(24))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return VIRTUAL_BLOCKS;
    }
}
