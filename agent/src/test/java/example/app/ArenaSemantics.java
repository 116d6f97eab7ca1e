// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Prints, line by line, what the JDK's arenas do where their documentation promises something. */
@SuppressWarnings({"MustBeClosedChecker", "ThreadPriorityCheck"}) // open arenas and races are what is looked at
public final class ArenaSemantics {

    private ArenaSemantics() {}

    public static void main(String[] arguments) throws Throwable {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
        for (int round = 0; round < rounds; round++) {
            confined();
            perKind("confined", Arena::ofConfined);
            perKind("shared", Arena::ofShared);
            perKind("auto", Arena::ofAuto);
            perKind("global", Arena::global);
            ArenaActions.actions("confined", Arena::ofConfined);
            ArenaActions.actions("shared", Arena::ofShared);
            nesting();
            zeroing();
            strings();
            files();
            virtualThreads();
            sharedAcrossThreads();
            buffers();
        }
    }

    static void line(String what, Object result) {
        System.out.println(what + ": " + result);
    }

    static String outcome(Callable<?> action) {
        try {
            return String.valueOf(action.call());
        } catch (Throwable e) {
            return e.getClass().getName() + ": "
                    + String.valueOf(e.getMessage()).replaceAll("address: ?[0-9a-fx]+|@[0-9a-f]+", "address");
        }
    }

    private static void confined() throws Exception {
        Arena arena = Arena.ofConfined();
        MemorySegment segment = arena.allocate(100);
        segment.set(ValueLayout.JAVA_BYTE, 99, (byte) 7);
        String[] other = new String[3];
        Thread thread = new Thread(() -> {
            other[0] = outcome(() -> arena.allocate(8));
            other[1] = outcome(() -> segment.get(ValueLayout.JAVA_BYTE, 0));
            other[2] = outcome(() -> {
                arena.close();
                return "closed";
            });
        });
        thread.start();
        thread.join();
        line("confined other thread", List.of(other));
        line("confined read", segment.get(ValueLayout.JAVA_BYTE, 99));
        line("out of bounds", outcome(() -> segment.get(ValueLayout.JAVA_BYTE, 100)));
        line("scope equal", segment.scope().equals(arena.scope()));
        line("accessible", segment.isAccessibleBy(Thread.currentThread()) + " " + segment.isAccessibleBy(thread));
        arena.close();
        line("use after close", outcome(() -> segment.get(ValueLayout.JAVA_BYTE, 0)));
        line("allocate after close", outcome(() -> arena.allocate(8)));
        line("close twice", outcome(() -> {
            arena.close();
            return "closed";
        }));
        line("alive", arena.scope().isAlive() + " " + segment.scope().isAlive());
    }

    private static void perKind(String kind, Supplier<Arena> factory) {
        Arena arena = factory.get();
        line(kind + " zero size", arena.allocate(0).byteSize());
        line(kind + " negative size", outcome(() -> arena.allocate(-1)));
        line(kind + " bad alignment 3", outcome(() -> arena.allocate(8, 3)));
        line(kind + " bad alignment 0", outcome(() -> arena.allocate(8, 0)));
        line(kind + " negative alignment", outcome(() -> arena.allocate(8, -8)));
        line(kind + " absurd size", outcome(() -> arena.allocate(Long.MAX_VALUE - 8)));
        for (long alignment = 1; alignment <= 8192; alignment <<= 1) {
            MemorySegment segment = arena.allocate(24, alignment);
            line(kind + " aligned " + alignment, segment.address() % Math.max(16, alignment) == 0);
        }
        line(
                kind + " malloc alignment",
                arena.allocate(8).address() % 16 + " " + arena.allocate(1).address() % 16);
        line(kind + " layout", arena.allocate(ValueLayout.JAVA_LONG, 5).byteSize());
        line(kind + " negative count", outcome(() -> arena.allocate(ValueLayout.JAVA_LONG, -1)));
        line(kind + " from int", arena.allocateFrom(ValueLayout.JAVA_INT, 42).get(ValueLayout.JAVA_INT, 0));
        line(
                kind + " from ints",
                arena.allocateFrom(ValueLayout.JAVA_INT, 1, 2, 3).getAtIndex(ValueLayout.JAVA_INT, 2));
        line(kind + " from long", arena.allocateFrom(ValueLayout.JAVA_LONG, 43L).get(ValueLayout.JAVA_LONG, 0));
        line(
                kind + " from double",
                arena.allocateFrom(ValueLayout.JAVA_DOUBLE, 1.5).get(ValueLayout.JAVA_DOUBLE, 0));
        line(
                kind + " from address",
                arena.allocateFrom(ValueLayout.ADDRESS, MemorySegment.ofAddress(77))
                        .get(ValueLayout.ADDRESS, 0)
                        .address());
        line(kind + " from text", arena.allocateFrom("grüße").getString(0));
        line(
                kind + " from text 16",
                arena.allocateFrom("grüße", StandardCharsets.UTF_16LE).byteSize());
        line(kind + " from null", outcome(() -> arena.allocateFrom((String) null)));
        ArenaCopies.copies(kind, arena);
        line(kind + " large", arena.allocate(3 << 20).byteSize());
        SegmentAllocator slices = SegmentAllocator.slicingAllocator(arena.allocate(256));
        line(
                kind + " slices",
                slices.allocate(100).byteSize() + slices.allocate(100).byteSize());
        line(kind + " slices full", outcome(() -> slices.allocate(100)));
        List<String> cleaned = new ArrayList<>();
        MemorySegment view = arena.allocate(64).reinterpret(32, arena, s -> cleaned.add("cleaned " + s.byteSize()));
        line(kind + " view", view.byteSize());
        ByteBuffer buffer = arena.allocate(64).asByteBuffer();
        buffer.putLong(0, 99);
        line(kind + " buffer", buffer.getLong(0) + " " + buffer.isDirect() + " " + buffer.capacity());
        line(kind + " close", outcome(() -> {
            arena.close();
            return "closed";
        }));
        line(kind + " cleanup", cleaned);
        line(kind + " buffer afterwards", outcome(() -> buffer.getLong(0)));
    }

    private static void nesting() {
        Arena outer = Arena.ofConfined();
        MemorySegment first = outer.allocate(32);
        first.fill((byte) 1);
        Arena inner = Arena.ofConfined();
        MemorySegment second = inner.allocate(32);
        second.fill((byte) 2);
        MemorySegment third = outer.allocate(32);
        third.fill((byte) 3);
        Arena innermost = Arena.ofConfined();
        MemorySegment fourth = innermost.allocate(32);
        fourth.fill((byte) 4);
        inner.close();
        line(
                "nested after middle closed",
                first.get(ValueLayout.JAVA_BYTE, 31) + " " + third.get(ValueLayout.JAVA_BYTE, 31) + " "
                        + fourth.get(ValueLayout.JAVA_BYTE, 31) + " "
                        + outcome(() -> second.get(ValueLayout.JAVA_BYTE, 0)));
        outer.close();
        line(
                "nested after outer closed",
                fourth.get(ValueLayout.JAVA_BYTE, 31) + " " + outcome(() -> first.get(ValueLayout.JAVA_BYTE, 0)));
        MemorySegment fifth = innermost.allocate(32);
        line("nested fresh zero", fifth.get(ValueLayout.JAVA_LONG, 0));
        innermost.close();
        line("stale arena", outcome(() -> inner.allocate(8)));
        List<Arena> open = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Arena arena = Arena.ofConfined();
            arena.allocate(8).set(ValueLayout.JAVA_LONG, 0, i);
            open.add(arena);
        }
        for (int i = 0; i < 200; i += 2) {
            open.get(i).close();
        }
        for (int i = 199; i > 0; i -= 2) {
            open.get(i).close();
        }
        line("deep", open.stream().noneMatch(a -> a.scope().isAlive()));
    }

    private static void zeroing() {
        long sum = 0;
        for (int round = 0; round < 2000; round++) {
            try (Arena arena = Arena.ofConfined()) {
                for (int size = 1; size < 600; size = size * 2 + 1) {
                    MemorySegment segment = arena.allocate(size);
                    for (long i = 0; i < size; i++) {
                        sum += segment.get(ValueLayout.JAVA_BYTE, i);
                    }
                    segment.fill((byte) -1);
                }
            }
        }
        line("zero small", sum);
        for (int round = 0; round < 20; round++) {
            try (Arena arena = round % 2 == 0 ? Arena.ofConfined() : Arena.ofShared()) {
                for (int size = 1000; size < 5_000_000; size *= 7) {
                    MemorySegment segment = arena.allocate(size);
                    sum += segment.asSlice(0, 64).mismatch(MemorySegment.ofArray(new byte[64]));
                    sum += segment.get(ValueLayout.JAVA_BYTE, size - 1) + segment.get(ValueLayout.JAVA_BYTE, size / 2);
                    segment.fill((byte) -1);
                }
            }
        }
        line("zero large", sum);
        line("zero after copies of other arenas", ArenaCopies.zeroingAfterCopies());
        for (int round = 0; round < 200; round++) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(1 + round * 97);
            while (buffer.hasRemaining()) {
                int at = buffer.position();
                sum += buffer.get(at);
                buffer.put((byte) -1);
            }
        }
        line("zero direct", sum);
    }

    private static void strings() throws Throwable {
        MethodHandle strlen = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().find("strlen").orElseThrow(),
                        FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
        long sum = 0;
        for (int i = 0; i < 500; i++) {
            try (Arena arena = Arena.ofConfined()) {
                sum += (long) strlen.invokeExact(arena.allocateFrom("x".repeat(i)));
            }
        }
        line("strlen", sum);
        Arena closed = Arena.ofConfined();
        MemorySegment gone = closed.allocateFrom("gone");
        closed.close();
        line("downcall after close", outcome(() -> {
            try {
                return (long) strlen.invokeExact(gone);
            } catch (Exception e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }));
    }

    private static void files() throws Exception {
        Path file = Files.createTempFile("semantics", ".bin");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                Arena arena = Arena.ofConfined()) {
            ByteBuffer out = arena.allocateFrom("written").asByteBuffer();
            line("file written", channel.write(out, 0));
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 16, arena);
            line("file mapped", mapped.getString(0));
            ByteBuffer in = arena.allocate(MemoryLayout.sequenceLayout(7, ValueLayout.JAVA_BYTE))
                    .asByteBuffer();
            line("file read", channel.read(in, 0));
        } finally {
            Files.delete(file);
        }
    }

    private static void virtualThreads() throws Exception {
        AtomicInteger sum = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment segment = arena.allocate(64);
                    segment.set(ValueLayout.JAVA_INT, 0, 5);
                    Thread.yield();
                    sum.addAndGet(segment.get(ValueLayout.JAVA_INT, 0)
                            + arena.allocate(8).get(ValueLayout.JAVA_INT, 0));
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        line("virtual threads", sum);
    }

    private static void sharedAcrossThreads() throws Exception {
        AtomicInteger wrong = new AtomicInteger();
        for (int round = 0; round < 20; round++) {
            Arena arena = Arena.ofShared();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                byte mark = (byte) (t + 1);
                threads.add(new Thread(() -> {
                    try {
                        for (int i = 1; i < 2000; i++) {
                            MemorySegment segment = arena.allocate(i % 300 + 1);
                            segment.fill(mark);
                            if (segment.get(ValueLayout.JAVA_BYTE, i % 300) != mark) {
                                wrong.incrementAndGet();
                            }
                        }
                    } catch (IllegalStateException e) {
                        if (arena.scope().isAlive()) {
                            wrong.incrementAndGet();
                        }
                    }
                }));
            }
            threads.forEach(Thread::start);
            if (round % 2 == 0) {
                Thread.yield();
                closeWhenIdle(arena);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            if (round % 2 != 0) {
                arena.close();
            }
        }
        line("shared wrong", wrong);
    }

    private static void closeWhenIdle(Arena arena) {
        boolean closed = false;
        while (!closed) {
            try {
                arena.close();
                closed = true;
            } catch (IllegalStateException e) {
                Thread.onSpinWait();
            }
        }
    }

    private static void buffers() {
        ByteBuffer direct = ByteBuffer.allocateDirect(1000);
        direct.putLong(0, 5).putLong(992, 6);
        ByteBuffer slice = direct.slice(992, 8);
        line(
                "direct",
                direct.getLong(0) + slice.getLong(0) + " "
                        + direct.alignedSlice(8).capacity());
        line("direct negative", outcome(() -> ByteBuffer.allocateDirect(-1)));
        line("direct empty", ByteBuffer.allocateDirect(0).capacity());
    }
}
