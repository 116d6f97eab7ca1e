// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.sites;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import sun.misc.Unsafe;

/** Asks for memory from many places, and checks what it was given; every line it prints is the same on any allocator. */
public final class CallingSites implements Runnable {

    private static final Unsafe UNSAFE = unsafe();
    private static final int COUNT = 1_000;

    public static void main(String[] arguments) throws Exception {
        new CallingSites().run();
        Thread virtual = Thread.ofVirtual().start(new CallingSites());
        virtual.join();
        System.out.println(describe(() -> addToIndex(-1)));
        System.out.println(describe(() -> addToIndex(Long.MIN_VALUE)));
        System.out.println(describe(() -> addToIndex(0xA5B6_0000_0000_1000L)));
        System.out.println(describe(() -> addToIndex(1L << 62)));
        long block = addToIndex(64);
        for (long tag = 0xA5B0; tag < 0xA5C0; tag++) {
            long invented = tag << 48 | block;
            System.out.println(tag + " " + describe(() -> UNSAFE.allocateMemory(invented)));
        }
        UNSAFE.freeMemory(block);
        System.out.println(describe(() -> message(-1)));
        System.out.println(describe(() -> System.out.println(addToIndex(0))));
        System.out.println(describe(() -> shared(Arena.ofConfined(), -1)));
    }

    @Override
    public void run() {
        try {
            System.out.println("index " + index());
            System.out.println("requests " + requests());
            System.out.println("buffers " + buffers());
            System.out.println("arenas " + arenas());
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static Unsafe unsafe() {
        try {
            Field field = Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (Unsafe) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    static long addToIndex(long byteSize) {
        return UNSAFE.allocateMemory(byteSize);
    }

    static long request(long byteSize) {
        return UNSAFE.allocateMemory(byteSize);
    }

    static ByteBuffer message(int byteSize) {
        return ByteBuffer.allocateDirect(byteSize);
    }

    static ByteBuffer left(int byteSize) {
        return ByteBuffer.allocateDirect(byteSize);
    }

    static MemorySegment shared(Arena arena, long byteSize) {
        return arena.allocate(byteSize, 8);
    }

    static MemorySegment sharedLeft(Arena arena, long byteSize) {
        return arena.allocate(byteSize);
    }

    static MemorySegment large(Arena arena, long byteSize) {
        return arena.allocate(byteSize);
    }

    /** Kept, grown, and freed by another thread. */
    private static String index() throws Exception {
        long[] blocks = new long[COUNT];
        for (int i = 0; i < COUNT; i++) {
            blocks[i] = addToIndex(64);
            UNSAFE.putLong(blocks[i] + 56, i);
        }
        for (int i = 0; i < COUNT; i++) {
            blocks[i] = UNSAFE.reallocateMemory(blocks[i], 200);
            UNSAFE.putLong(blocks[i] + 192, -i);
        }
        long[] sum = new long[1];
        Thread other = new Thread(() -> {
            for (long block : blocks) {
                sum[0] += UNSAFE.getLong(block + 56) * 3 + UNSAFE.getLong(block + 192);
                UNSAFE.freeMemory(block);
            }
        });
        other.start();
        other.join();
        return "sum " + sum[0];
    }

    private static String requests() {
        long sum = 0;
        for (int i = 0; i < COUNT; i++) {
            long block = request(48);
            UNSAFE.putLong(block, i);
            sum += UNSAFE.getLong(block) + (block & 15);
            UNSAFE.freeMemory(block);
        }
        return "sum " + sum;
    }

    private static String buffers() throws Throwable {
        List<ByteBuffer> live = new ArrayList<>();
        IntFunction<ByteBuffer> reference = ByteBuffer::allocateDirect;
        IntFunction<ByteBuffer> lambda = byteSize -> ByteBuffer.allocateDirect(byteSize);
        java.lang.invoke.MethodHandle handle = MethodHandles.lookup()
                .findStatic(ByteBuffer.class, "allocateDirect", MethodType.methodType(ByteBuffer.class, int.class));
        for (int i = 0; i < COUNT / 10; i++) {
            live.add(message(300));
            live.add(left(300));
            live.add(reference.apply(300));
            live.add(lambda.apply(300));
            live.add((ByteBuffer) handle.invokeExact(300));
            live.add((ByteBuffer) ByteBuffer.class
                    .getMethod("allocateDirect", int.class)
                    .invoke(null, 300));
        }
        long notZero = 0;
        for (ByteBuffer buffer : live) {
            while (buffer.hasRemaining()) {
                notZero += buffer.get();
            }
            buffer.put(0, (byte) 1).put(299, (byte) 1);
        }
        for (ByteBuffer buffer : live) {
            UNSAFE.invokeCleaner(buffer);
        }
        return live.size() + " not zero " + notZero;
    }

    private static String arenas() {
        long notZero = 0;
        for (int i = 0; i < COUNT / 10; i++) {
            try (Arena arena = Arena.ofShared();
                    Arena confined = Arena.ofConfined()) {
                for (MemorySegment block : List.of(
                        shared(arena, 256), sharedLeft(arena, 256), large(confined, 100_000), large(confined, 32))) {
                    for (long offset = 0; offset < block.byteSize(); offset += Math.max(8, block.byteSize() / 64)) {
                        notZero += block.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
                        block.set(ValueLayout.JAVA_LONG_UNALIGNED, offset, -1);
                    }
                }
            }
        }
        return "not zero " + notZero;
    }

    /** What a call throws, and from where. */
    private static String describe(Runnable call) {
        try {
            call.run();
            return "nothing";
        } catch (Throwable e) {
            StringBuilder text = new StringBuilder(e.toString());
            for (StackTraceElement frame : e.getStackTrace()) {
                text.append(' ').append(frame.getClassName()).append('.').append(frame.getMethodName());
            }
            return text.toString();
        }
    }
}
