// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import example.netty.util.internal.CleanerJava24Linker;
import example.netty.util.internal.CleanerJava24Linker.Linking;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Calls malloc's family through handles of a class of the name of Netty's cleaner, of all shapes, also as the JDK and the C library refuse it; prints
 * nothing that depends on where a block lies.
 */
public final class KeptBlocks {

    /** Blocks of 1 to 4,096 bytes from plain handles of a class that links a plain free, those among them that others were resized to. */
    public static final int SERVED = 1_000 + 5 + 200 + 3 + 3 + 3;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final AddressLayout ADDRESS = ValueLayout.ADDRESS;
    private static final FunctionDescriptor TO_ADDRESS = FunctionDescriptor.of(ADDRESS, LONG);
    private static final FunctionDescriptor TO_LONG = FunctionDescriptor.of(LONG, LONG);
    private static final FunctionDescriptor OF_ADDRESS = FunctionDescriptor.ofVoid(ADDRESS);
    private static final FunctionDescriptor OF_LONG = FunctionDescriptor.ofVoid(LONG);

    private static final Linking PLAIN = new CleanerJava24Linker.Plain();
    private static final MethodHandle MALLOC = PLAIN.link("malloc", TO_ADDRESS);
    private static final MethodHandle FREE = PLAIN.link("free", OF_ADDRESS);
    private static final MethodHandle LONG_MALLOC = PLAIN.link("malloc", TO_LONG);
    private static final MethodHandle LONG_FREE = PLAIN.link("free", OF_LONG);
    private static final MethodHandle CALLOC = PLAIN.link("calloc", FunctionDescriptor.of(LONG, LONG, LONG));
    private static final MethodHandle REALLOC = PLAIN.link("realloc", FunctionDescriptor.of(ADDRESS, ADDRESS, LONG));
    /** Linked by this class, which keeps nothing to itself. */
    private static final MethodHandle OTHERS_MALLOC = link("malloc", TO_LONG);

    private static final MethodHandle OTHERS_FREE = link("free", OF_LONG);

    private static long sink;

    private KeptBlocks() {}

    public static void main(String[] arguments) throws Throwable {
        types();
        longs();
        segments();
        refusals();
        zeroed();
        reallocated();
        others();
        unusual();
        System.out.println("done " + (sink == 0));
    }

    private static MethodHandle link(String symbol, FunctionDescriptor function) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(symbol).orElseThrow(), function);
    }

    private static void types() {
        for (MethodHandle handle : new MethodHandle[] {MALLOC, FREE, LONG_MALLOC, LONG_FREE, CALLOC, REALLOC}) {
            System.out.println(handle.type() + " " + handle.isVarargsCollector());
        }
    }

    private static void longs() throws Throwable {
        long[] blocks = new long[1_000];
        long misaligned = 0;
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = (long) LONG_MALLOC.invokeExact(1L + i * 7 % 4_000);
            misaligned += blocks[i] & 15;
            fill(blocks[i], 1 + i * 7 % 4_000, (byte) i);
        }
        long wrong = 0;
        for (int i = 0; i < blocks.length; i++) {
            int at = i * 387 % blocks.length;
            wrong += isFilled(blocks[at], 1 + at * 7 % 4_000, (byte) at) ? 0 : 1;
            LONG_FREE.invokeExact(blocks[at]);
        }
        System.out.println("longs " + misaligned + " " + wrong);
        long none = (long) LONG_MALLOC.invokeExact(0L);
        long large = (long) LONG_MALLOC.invokeExact(1L << 20);
        System.out.println((none != 0) + " " + (large != 0) + " " + (long) LONG_MALLOC.invokeExact(-1L) + " "
                + (long) LONG_MALLOC.invokeExact(Long.MAX_VALUE) + " "
                + (long) LONG_MALLOC.invokeExact(Long.MIN_VALUE));
        LONG_FREE.invokeExact(none);
        LONG_FREE.invokeExact(large);
        LONG_FREE.invokeExact(0L);
    }

    private static void segments() throws Throwable {
        for (long byteSize : new long[] {1, 16, 48, 100, 4_096, 4_097, 0}) {
            MemorySegment block = (MemorySegment) MALLOC.invokeExact(byteSize);
            System.out.println(block.byteSize() + " " + block.isReadOnly() + " "
                    + block.scope().equals(Arena.global().scope()) + " " + (block.address() & 15));
            FREE.invokeExact(block);
        }
        MemorySegment refused = (MemorySegment) MALLOC.invokeExact(Long.MAX_VALUE);
        System.out.println(refused.equals(MemorySegment.NULL));
        FREE.invokeExact(MemorySegment.NULL);
    }

    @SuppressWarnings("MustBeClosed") // before what it owns is used once more
    private static void refusals() throws Throwable {
        MemorySegment block = (MemorySegment) MALLOC.invokeExact(5_000L);
        Arena owner = Arena.ofConfined();
        MemorySegment owned = block.reinterpret(48, owner, null);
        Thread other = new Thread(() -> sayRefusals("elsewhere", owned));
        other.start();
        other.join();
        owner.close();
        sayRefusals("closed", owned);
        sayRefusals("heap", MemorySegment.ofArray(new long[6]));
        sayRefusals("null", null);
        FREE.invokeExact(block);
    }

    @SuppressWarnings("NullAway") // as it is refused
    private static void sayRefusals(String what, @org.jspecify.annotations.Nullable MemorySegment segment) {
        try {
            FREE.invokeExact(segment);
        } catch (Throwable e) {
            say(what + ": free ", e);
        }
        try {
            sink += ((MemorySegment) REALLOC.invokeExact(segment, 50L)).address();
        } catch (Throwable e) {
            say(what + ": realloc ", e);
        }
    }

    private static void say(String what, Throwable e) {
        System.out.println(what + e.getClass().getName());
        for (StackTraceElement element : e.getStackTrace()) {
            if (element.getClassName().contains("Metalloc")) {
                System.out.println(element);
            }
        }
    }

    private static void zeroed() throws Throwable {
        long[] blocks = new long[100];
        long wrong = 0;
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = (long) CALLOC.invokeExact(1L + i % 10, 100L);
                wrong += isFilled(blocks[i], (1 + i % 10) * 100L, (byte) 0) ? 0 : 1;
                fill(blocks[i], (1 + i % 10) * 100L, (byte) 7);
            }
            for (long block : blocks) {
                LONG_FREE.invokeExact(block);
            }
        }
        System.out.println("zeroed " + wrong + " " + (long) CALLOC.invokeExact(Long.MAX_VALUE, 16L) + " "
                + (long) CALLOC.invokeExact(1L << 33, 1L << 33) + " " + (long) CALLOC.invokeExact(-1L, 2L) + " "
                + (long) CALLOC.invokeExact(-1L, -1L));
        long none = (long) CALLOC.invokeExact(0L, 8L);
        System.out.println(none != 0);
        LONG_FREE.invokeExact(none);
    }

    private static void reallocated() throws Throwable {
        MemorySegment block = (MemorySegment) MALLOC.invokeExact(48L);
        fill(block.address(), 48, (byte) 3);
        for (long byteSize : new long[] {100, 1_000, 4_000, 100_000, 50, 48}) {
            block = (MemorySegment) REALLOC.invokeExact(block, byteSize);
            System.out.println(block.byteSize() + " " + isFilled(block.address(), 48, (byte) 3));
        }
        FREE.invokeExact(block);
        block = (MemorySegment) MALLOC.invokeExact(48L);
        fill(block.address(), 48, (byte) 4);
        System.out.println(((MemorySegment) REALLOC.invokeExact(block, Long.MAX_VALUE)).address() + " "
                + ((MemorySegment) REALLOC.invokeExact(block, -1L)).address() + " "
                + isFilled(block.address(), 48, (byte) 4));
        System.out.println(((MemorySegment) REALLOC.invokeExact(block, 0L)).address());
        MemorySegment fresh = (MemorySegment) REALLOC.invokeExact(MemorySegment.NULL, 48L);
        System.out.println(fresh.address() != 0);
        FREE.invokeExact(fresh);
        MemorySegment last = (MemorySegment) MALLOC.invokeExact(48L);
        FREE.invokeExact(last);
    }

    /** Blocks go to free, and come from malloc, of whoever likes, as long as ours stay where they are. */
    private static void others() throws Throwable {
        for (int i = 0; i < 100; i++) {
            long block = (long) OTHERS_MALLOC.invokeExact(48L);
            LONG_FREE.invokeExact(block);
            block = (long) OTHERS_MALLOC.invokeExact(48L);
            OTHERS_FREE.invokeExact(block);
        }
    }

    /** None of these blocks may be ours: they are freed by others' free, which would end the process. */
    private static void unusual() throws Throwable {
        AddressLayout sized = ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(48, ValueLayout.JAVA_BYTE));
        for (MethodHandle handle : new MethodHandle[] {
            PLAIN.link("malloc", TO_LONG, Linker.Option.critical(false)),
            PLAIN.link("malloc", FunctionDescriptor.of(LONG, ValueLayout.JAVA_INT)),
            PLAIN.link("malloc", FunctionDescriptor.of(sized, LONG)),
            new CleanerJava24Linker.Unfreed().link("malloc", TO_LONG)
        }) {
            Object block = handle.type().parameterType(0) == int.class ? handle.invoke(48) : handle.invoke(48L);
            if (block instanceof MemorySegment segment) {
                System.out.println("sized " + segment.byteSize());
                OTHERS_FREE.invokeExact(segment.address());
            } else {
                OTHERS_FREE.invokeExact((long) block);
            }
        }
        Linking unusual = new CleanerJava24Linker.Unusual();
        MethodHandle malloc = unusual.link("malloc", TO_LONG);
        MethodHandle critical = unusual.link("free", OF_LONG, Linker.Option.critical(true));
        MethodHandle plain = unusual.link("free", OF_LONG);
        for (int i = 0; i < 100; i++) {
            OTHERS_FREE.invokeExact((long) malloc.invokeExact(48L));
            critical.invokeExact((long) malloc.invokeExact(48L));
            plain.invokeExact((long) malloc.invokeExact(48L));
        }
        // Of a class that has blocks of ours, even such a free must know them.
        MethodHandle late = PLAIN.link("free", OF_ADDRESS, Linker.Option.critical(true));
        late.invokeExact((MemorySegment) MALLOC.invokeExact(48L));
        MethodHandle capturing = PLAIN.link("free", OF_LONG, Linker.Option.captureCallState("errno"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            capturing.invokeExact(state, (long) LONG_MALLOC.invokeExact(48L));
            capturing.invokeExact(state, (long) LONG_MALLOC.invokeExact(5_000L));
        }
        long grown =
                (long) PLAIN.link("realloc", FunctionDescriptor.of(LONG, LONG, LONG), Linker.Option.critical(false))
                        .invokeExact((long) LONG_MALLOC.invokeExact(48L), 5_000L);
        OTHERS_FREE.invokeExact(grown);
    }

    private static MemorySegment bytes(long address, long byteSize) {
        return MemorySegment.ofAddress(address).reinterpret(byteSize);
    }

    private static void fill(long address, long byteSize, byte value) {
        bytes(address, byteSize).fill(value);
    }

    private static boolean isFilled(long address, long byteSize, byte value) {
        for (long i = 0; i < byteSize; i++) {
            if (bytes(address, byteSize).get(ValueLayout.JAVA_BYTE, i) != value) {
                return false;
            }
        }
        return true;
    }
}
