// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import static example.app.ArenaSemantics.line;
import static example.app.ArenaSemantics.outcome;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** The part of {@link ArenaSemantics} about what hangs on an arena beside its blocks: cleanup actions, stubs, libraries, calls that hold it. */
final class ArenaActions {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final MemoryLayout INT_POINTER =
            ValueLayout.ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(1, INT));

    /** What the comparator under way is to work with; one thread. */
    private static final List<Object> SEEN = new ArrayList<>();

    private static Arena arena = Arena.global();

    private ArenaActions() {}

    static void actions(String kind, Supplier<Arena> factory) throws Throwable {
        order(kind, factory.get());
        throwing(kind, factory);
        upcalls(kind, factory.get());
        library(kind, factory.get());
    }

    private static void order(String kind, Arena arena) {
        List<String> ran = new ArrayList<>();
        MemorySegment first = arena.allocate(16);
        first.reinterpret(8, arena, s -> ran.add("first " + s.byteSize()));
        arena.allocate(100_000)
                .reinterpret(arena, s -> ran.add("second " + outcome(() -> s.get(ValueLayout.JAVA_BYTE, 0))));
        first.reinterpret(arena, s -> ran.add("third, alive " + first.scope().isAlive()));
        arena.close();
        line(kind + " actions", inOrder(ran));
        line(kind + " action of the closed", outcome(() -> first.reinterpret(arena, s -> ran.add("late"))));
        line(kind + " actions afterwards", ran.size());
    }

    /** The last comes first, but for the one that the session had first: that may be the user's, or the block of the JDK's that it is about. */
    private static List<String> inOrder(List<String> ran) {
        List<String> others = new ArrayList<>(ran);
        return others.removeIf(action -> action.startsWith("first")) ? others : List.of();
    }

    private static void throwing(String kind, Supplier<Arena> factory) {
        for (int round = 0; round < 100; round++) {
            List<String> ran = new ArrayList<>();
            Arena outer = factory.get();
            outer.allocate(16).fill((byte) 1);
            Arena arena = factory.get();
            MemorySegment segment = arena.allocate(32);
            segment.fill((byte) 2);
            segment.reinterpret(arena, s -> ran.add("first"));
            segment.reinterpret(arena, s -> {
                throw new IllegalStateException("Already closed");
            });
            segment.reinterpret(
                    arena,
                    s -> ran.add("closed again: "
                            + outcome(() -> {
                                arena.close();
                                return "closed";
                            })));
            segment.reinterpret(arena, s -> {
                throw new IllegalArgumentException("thrown first");
            });
            String thrown = outcome(() -> {
                try {
                    arena.close();
                    return "closed";
                } catch (RuntimeException e) {
                    return e + " beside " + Arrays.toString(e.getSuppressed());
                }
            });
            Arena later = factory.get();
            MemorySegment block = later.allocate(64);
            String twice = outcome(() -> {
                arena.close();
                return "closed";
            });
            long before = block.get(ValueLayout.JAVA_LONG, 0);
            block.fill((byte) 3);
            MemorySegment next = outer.allocate(32);
            String after =
                    before + " " + next.get(ValueLayout.JAVA_LONG, 0) + " " + block.get(ValueLayout.JAVA_BYTE, 9);
            later.close();
            outer.close();
            if (round == 0) {
                line(kind + " throwing", thrown);
                line(kind + " ran", inOrder(ran));
                line(kind + " alive", arena.scope().isAlive() + " " + outcome(() -> segment.get(INT, 0)));
                line(kind + " thrown twice", twice);
                line(kind + " blocks afterwards", after);
            }
        }
    }

    /** The arena is the comparator's own, as is what it sorts: a call holds both. */
    private static void upcalls(String kind, Arena opened) throws Throwable {
        arena = opened;
        SEEN.clear();
        MemorySegment sorted = opened.allocateFrom(INT, 5, 3, 9);
        MethodHandle compare = MethodHandles.lookup()
                .findStatic(
                        ArenaActions.class,
                        "compare",
                        MethodType.methodType(int.class, MemorySegment.class, MemorySegment.class));
        MemorySegment stub =
                Linker.nativeLinker().upcallStub(compare, FunctionDescriptor.of(INT, INT_POINTER, INT_POINTER), opened);
        MethodHandle sort = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().find("qsort").orElseThrow(),
                        FunctionDescriptor.ofVoid(
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.ADDRESS));
        sort.invokeExact(sorted, 3L, 4L, stub);
        line(kind + " sorted", Arrays.toString(sorted.toArray(INT)));
        line(kind + " close in a call", SEEN.getFirst());
        line(kind + " blocks of the call", SEEN.subList(1, 3));
        opened.close();
        line(
                kind + " stub afterwards",
                stub.scope().isAlive() + " "
                        + outcome(() -> {
                            try {
                                sort.invokeExact(MemorySegment.NULL, 0L, 4L, stub);
                                return "called";
                            } catch (Exception e) {
                                throw e;
                            } catch (Throwable e) {
                                throw new IllegalStateException(e);
                            }
                        }));
        arena = Arena.global();
    }

    /** Called by native code, through which nothing may be thrown. */
    @SuppressWarnings("unused") // by name
    private static int compare(MemorySegment a, MemorySegment b) {
        SEEN.add(outcome(() -> {
            arena.close();
            return "closed";
        }));
        SEEN.add(outcome(() -> {
            MemorySegment block = arena.allocate(40);
            long before = block.get(ValueLayout.JAVA_LONG, 32);
            block.fill((byte) 1);
            return before;
        }));
        SEEN.add(outcome(() -> {
            try (Arena inner = Arena.ofConfined()) {
                return inner.allocateFrom(INT, 8).get(INT, 0);
            }
        }));
        return Integer.compare(a.get(INT, 0), b.get(INT, 0));
    }

    private static void library(String kind, Arena opened) throws Throwable {
        String name = "libm.so.6";
        SymbolLookup library;
        try {
            library = SymbolLookup.libraryLookup(name, opened);
        } catch (IllegalArgumentException e) {
            line(kind + " library", "none");
            opened.close();
            return;
        }
        MethodHandle absolute = Linker.nativeLinker()
                .downcallHandle(FunctionDescriptor.of(ValueLayout.JAVA_DOUBLE, ValueLayout.JAVA_DOUBLE));
        MemorySegment function = library.find("fabs").orElseThrow();
        line(kind + " library", (double) absolute.invokeExact(function, -2.5));
        line(kind + " library block", opened.allocate(8).get(ValueLayout.JAVA_LONG, 0));
        opened.close();
        line(
                kind + " library afterwards",
                function.scope().isAlive() + " "
                        + outcome(() -> {
                            try {
                                return (double) absolute.invokeExact(function, -2.5);
                            } catch (Exception e) {
                                throw e;
                            } catch (Throwable e) {
                                throw new IllegalStateException(e);
                            }
                        }));
        line(kind + " lookup afterwards", outcome(() -> library.find("fabs").isPresent()));
    }
}
