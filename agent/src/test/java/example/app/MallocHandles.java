// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Calls malloc's family through handles of several shapes, also as the JDK refuses it; the argument {@code overflow} has the stack overflow in
 * the middle of reallocations instead.
 */
public final class MallocHandles {

    public static final int BLOCKS = 6;
    public static final int REALLOCATIONS = 4;

    private static final int OVERFLOWS = 60;
    private static final long JOIN_MILLIS = 20_000;

    private static final AddressLayout SIZED =
            ValueLayout.ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(48, ValueLayout.JAVA_BYTE));

    private static final MethodHandle MALLOC =
            handle("malloc", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    private static final MethodHandle REALLOC =
            handle("realloc", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    private static final MethodHandle FREE = handle("free", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

    /** Of addresses, and so never negative, however many there are. */
    private static long sink;

    private MallocHandles() {}

    public static void main(String[] arguments) throws Throwable {
        if (arguments.length > 0) {
            overflow();
            return;
        }
        segments();
        longs();
        refusals();
    }

    private static MethodHandle handle(String symbol, FunctionDescriptor function) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(symbol).orElseThrow(), function);
    }

    private static void segments() throws Throwable {
        MemorySegment plain = (MemorySegment) MALLOC.invokeExact(48L);
        System.out.println("plain " + plain.byteSize());
        MethodHandle sized = handle("malloc", FunctionDescriptor.of(SIZED, ValueLayout.JAVA_LONG));
        MemorySegment large = (MemorySegment) sized.invokeExact(48L);
        System.out.println("sized " + large.byteSize());
        MethodHandle calloc =
                handle("calloc", FunctionDescriptor.of(SIZED, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
        MemorySegment zeroed = (MemorySegment) calloc.invokeExact(6L, 8L);
        System.out.println("zeroed " + zeroed.byteSize() + " " + zeroed.get(ValueLayout.JAVA_LONG, 40));
        large = (MemorySegment) REALLOC.invokeExact(large, 100_000L);
        large = (MemorySegment) REALLOC.invokeExact(large, 10L);
        MemorySegment fresh = (MemorySegment) REALLOC.invokeExact(MemorySegment.NULL, 10L);
        System.out.println("refused " + ((MemorySegment) REALLOC.invokeExact(fresh, Long.MAX_VALUE)).address());
        FREE.invokeExact(plain);
        FREE.invokeExact(large);
        FREE.invokeExact(zeroed);
        FREE.invokeExact(fresh);
        FREE.invokeExact(MemorySegment.NULL);
    }

    private static void longs() throws Throwable {
        MethodHandle malloc = handle("malloc", FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
        MethodHandle realloc = handle(
                "realloc", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
        MethodHandle free = handle("free", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG));
        long block = (long) malloc.invokeExact(48);
        MemorySegment moved = (MemorySegment) realloc.invokeExact(block, 100_000L);
        moved = (MemorySegment) realloc.invokeExact(moved.address(), 50L);
        free.invokeExact(moved.address());
        free.invokeExact(0L);
    }

    @SuppressWarnings("MustBeClosed") // before what it owns is used once more
    private static void refusals() throws Throwable {
        MemorySegment block = (MemorySegment) MALLOC.invokeExact(48L);
        Arena owner = Arena.ofConfined();
        MemorySegment owned = block.reinterpret(48, owner, null);
        Thread other = new Thread(() -> sayRefusals("elsewhere", owned));
        other.start();
        other.join();
        owner.close();
        sayRefusals("closed", owned);
        sayRefusals("heap", MemorySegment.ofArray(new long[6]));
        FREE.invokeExact(block);
    }

    private static void sayRefusals(String what, MemorySegment segment) {
        try {
            FREE.invokeExact(segment);
        } catch (Throwable e) {
            System.out.println(what + ": free " + e.getClass().getName());
        }
        try {
            sink ^= ((MemorySegment) REALLOC.invokeExact(segment, 50L)).address();
        } catch (Throwable e) {
            System.out.println(what + ": realloc " + e.getClass().getName());
        }
    }

    /** Whoever allocates afterwards must not wait for a reallocation that never ended. */
    private static void overflow() throws Throwable {
        MemorySegment block = (MemorySegment) MALLOC.invokeExact(48L);
        int overflows = 0;
        for (int i = 0; i < OVERFLOWS; i++) {
            try {
                sink += deeper(i, block);
            } catch (StackOverflowError | IllegalStateException e) {
                overflows++;
            }
        }
        Thread other = new Thread(() -> RawMemory.free(RawMemory.allocate(100)));
        other.start();
        other.join(JOIN_MILLIS);
        if (other.isAlive()) {
            System.out.println("stuck");
            System.out.flush();
            Runtime.getRuntime().halt(5);
        }
        System.out.println("overflows=" + (overflows == OVERFLOWS) + (sink < 0 ? "!" : ""));
    }

    /** The block keeps its size and place, so that an overflow on the way out does no harm. */
    private static long deeper(int step, MemorySegment block) throws Throwable {
        if (step % 3 == 0) {
            sink ^= ((MemorySegment) REALLOC.invokeExact(block, 48L)).address();
        }
        return step < Integer.MAX_VALUE ? deeper(step + 1, block) + 1 : 0;
    }
}
