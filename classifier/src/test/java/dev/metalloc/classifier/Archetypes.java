// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import dev.metalloc.classifier.TestProfile.Order;
import dev.metalloc.profiler.api.Callers;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import java.util.List;

/** Programs of known behaviour. */
final class Archetypes {

    private static final long MICROS = 1_000;
    private static final long SECONDS = 1_000_000_000;
    private static final String FITTED = "buddy|segregated";

    /**
     * A program and the right answer.
     *
     * @param expected an allocator, or {@code leave}, for each verdict in order; {@code |} between equally right ones
     * @param why what makes it right
     */
    record Archetype(String name, Profile profile, List<String> expected, String why) {}

    private Archetypes() {}

    static List<Archetype> all() {
        return List.of(
                of("arena per call", arenaPerCall(), "dies with its arena", "bump"),
                of("arena of a thousand blocks", region(), "dies with its arena", "bump"),
                of("nested arenas", nestedArenas(), "arenas close in order", "bump"),
                of("arenas, short and long lived", arenasOfMixedLifetimes(), "a frame dies with its arena", "bump"),
                of("arenas closed out of order", outOfOrderArenas(), "frames nest", "leave"),
                of("arenas of virtual threads that wait", virtualThreadArenas(), "each has a frame to itself", "bump"),
                of("arenas with blocks of 1 MiB", largeArenaBlocks(), "a frame is for small ones", "bump", FITTED),
                of("shared arena per call", sharedArenaPerCall(), "one handshake for many arenas", FITTED),
                of("64 B arenas on a pooling JDK", pooledByJdk(), "the JDK keeps them itself", "leave"),
                of("off-heap cache", offHeapCache(), "small, random, many threads", "slab"),
                of("LIFO direct buffers", directBuffersLastInFirstOut(), "one size", "slab"),
                of("LIFO stack of small blocks", lifoStack(), "few sizes at a high rate", "slab"),
                of("fixed-size pool", fixedSizePool(), "one size in any order", "slab"),
                of("message queue", messageQueue(), "one size, first in, first out", "slab"),
                of("producer and consumer", producerConsumer(), "freed by another thread", "slab"),
                of("frees by either of two threads", remoteFrees(), "freed by another thread", "slab"),
                of("growing buffers", growing(), "powers of two, reallocated", "slab"),
                of("tiny blocks", tinyBlocks(), "16 bytes at a high rate", "slab"),
                of("index that never frees", neverFrees(), "small, at a high rate", "slab"),
                of("sixteen busy threads", manyThreads(), "each needs blocks of its own", "slab"),
                of("virtual threads", virtualThreads(), "small, last in, first out", "slab"),
                of("three behaviours by size", twoBehaviours(), "each size its own", "slab", FITTED, "leave"),
                of("large direct buffers", largeDirectBuffers(), "too large for a slab", FITTED),
                of("idle program", idle(), "five a second", "leave"),
                of("slow trickle", slowTrickle(), "0.2 % of the run", "leave"),
                of("few events", fewEvents(), "start-up noise", "leave"),
                of("malloc through FFM", mallocDowncalls(Callers.OTHERS), "native code may free them", "leave"),
                of(
                        "malloc through Netty's cleaner",
                        mallocDowncalls(Callers.KEEPERS),
                        "3.3M/s of one size, LIFO",
                        "slab"),
                of("few huge blocks", fewHuge(), "their use costs more", "leave"),
                of("image tiles", imageTiles(), "few a second", "leave"),
                of("start-up burst", startUpBurst(), "over before it matters", "leave"),
                of("blocks that a native library frees", nativeFrees(), "frees that only the C library sees", "leave"),
                of("blocks of unknown owners", unknownFrees(), "somebody else's frees", "leave"),
                of("automatic arenas", undispatched(EntryPoint.ARENA_AUTO), "the collector frees", "leave"),
                of("global arena", undispatched(EntryPoint.ARENA_GLOBAL), "nothing is freed", "leave"),
                of("mapped files", undispatched(EntryPoint.MAPPED_FILE), "the system's memory", "leave"),
                of("Netty's own pool", undispatched(EntryPoint.NETTY), "observed only", "leave"),
                of("Arrow's own allocator", undispatched(EntryPoint.ARROW), "observed only", "leave"));
    }

    private static Archetype of(String name, Profile profile, String why, String... expected) {
        return new Archetype(name, profile, List.of(expected), why);
    }

    static Profile region() {
        return new TestProfile(30)
                .at(EntryPoint.ARENA_CONFINED)
                .blocks(200, 60_000_000, Order.BULK, 100 * MICROS, 1000)
                .arenas(60_000, 1000, 200_000, 1, 0)
                .build();
    }

    static Profile nestedArenas() {
        return new TestProfile(30)
                .at(EntryPoint.ARENA_CONFINED)
                .blocks(1000, 300_000_000, Order.BULK, 2 * MICROS, 100)
                .arenas(3_000_000, 100, 100_000, 3, 0)
                .build();
    }

    static Profile arenasOfMixedLifetimes() {
        return new TestProfile(30)
                .at(EntryPoint.ARENA_CONFINED)
                .blocks(100, 30_000_000, Order.BULK, MICROS, 1)
                .blocks(100, 10_000_000, Order.BULK, 100 * SECONDS, 1)
                .arenas(40_000_000, 1, 100, 1, 0)
                .build();
    }

    static Profile pooledByJdk() {
        return new TestProfile(30)
                .java("27+1")
                .at(EntryPoint.ARENA_CONFINED)
                .blocks(64, 57_000_000, Order.BULK, 2 * MICROS, 1)
                .arenas(57_000_000, 1, 64, 1, 0)
                .build();
    }

    static Profile lifoStack() {
        return new TestProfile(20)
                .at(EntryPoint.UNSAFE)
                .blocks(64, 30_000_000, Order.LIFO, MICROS, 50)
                .blocks(128, 20_000_000, Order.LIFO, MICROS, 50)
                .blocks(256, 10_000_000, Order.LIFO, MICROS, 50)
                .build();
    }

    static Profile fixedSizePool() {
        return new TestProfile(60)
                .at(EntryPoint.UNSAFE)
                .blocks(4096, 60_000_000, Order.RANDOM, 500 * MICROS, 1000)
                .build();
    }

    static Profile messageQueue() {
        return new TestProfile(60)
                .at(EntryPoint.UNSAFE)
                .blocks(1024, 90_000_000, Order.FIFO, 200 * MICROS, 500)
                .build();
    }

    static Profile tinyBlocks() {
        return new TestProfile(30)
                .at(EntryPoint.UNSAFE)
                .blocks(16, 90_000_000, Order.RANDOM, 50 * MICROS, 2000)
                .build();
    }

    static Profile neverFrees() {
        return new TestProfile(30)
                .at(EntryPoint.UNSAFE)
                .blocks(48, 60_000_000, Order.NEVER, 0, 60_000_000)
                .build();
    }

    static Profile manyThreads() {
        TestProfile profile = new TestProfile(30);
        profile.at(EntryPoint.UNSAFE).blocks(96, 160_000_000, Order.LIFO, 5 * MICROS, 200);
        for (int i = 0; i < 16; i++) {
            profile.thread("worker-" + i, 10_000_000, 10_000_000, 0);
        }
        return profile.build();
    }

    static Profile largeDirectBuffers() {
        return new TestProfile(60)
                .at(EntryPoint.DIRECT_BUFFER)
                .blocks(100 << 10, 3_000_000, Order.LIFO, 100 * MICROS, 8)
                .build();
    }

    static Profile imageTiles() {
        return new TestProfile(60)
                .at(EntryPoint.UNSAFE)
                .blocks(512 << 10, 180_000, Order.RANDOM, SECONDS, 200)
                .build();
    }

    static Profile startUpBurst() {
        return new TestProfile(2)
                .at(EntryPoint.UNSAFE)
                .blocks(256, 5_000, Order.LIFO, 10 * MICROS, 20)
                .build();
    }

    static Profile undispatched(EntryPoint entryPoint) {
        return new TestProfile(10)
                .at(entryPoint)
                .blocks(4096, 50_000_000, Order.BULK, MICROS, 10)
                .build();
    }

    static Profile arenaPerCall() {
        return new TestProfile(30)
                .at(EntryPoint.ARENA_CONFINED)
                .blocks(100, 57_000_000, Order.BULK, 2 * MICROS, 1)
                .arenas(57_000_000, 1, 100, 1, 0)
                .and()
                .site(EntryPoint.ARENA_CONFINED, "com.example.Hash", 100, 900, 900)
                .site(EntryPoint.ARENA_CONFINED, "com.example.Other", 100, 100, 100)
                .build();
    }

    static Profile offHeapCache() {
        TestProfile profile = new TestProfile(60);
        for (int i = 0; i < 40; i++) {
            profile.at(EntryPoint.UNSAFE)
                    .blocks(48 + i * 16, 1_500_000, Order.RANDOM, (i + 1) * SECONDS, 5_000, 0.4, 0);
        }
        for (int i = 0; i < 8; i++) {
            profile.thread("worker-" + i, 7_500_000, 7_500_000, 3_000_000);
        }
        return profile.build();
    }

    static Profile directBuffersLastInFirstOut() {
        return new TestProfile(60)
                .at(EntryPoint.DIRECT_BUFFER)
                .blocks(4096, 15_000_000, Order.LIFO, 20 * MICROS, 8)
                .build();
    }

    static Profile producerConsumer() {
        return new TestProfile(60)
                .at(EntryPoint.UNSAFE)
                .blocks(256, 60_000_000, Order.FIFO, 100 * MICROS, 1000, 1.0, 0)
                .and()
                .thread("producer", 60_000_000, 0, 0)
                .thread("consumer", 0, 60_000_000, 60_000_000)
                .build();
    }

    static Profile idle() {
        return new TestProfile(600)
                .at(EntryPoint.DIRECT_BUFFER)
                .blocks(8192, 3_000, Order.NEVER, 0, 3_000)
                .build();
    }

    static Profile slowTrickle() {
        return new TestProfile(100)
                .at(EntryPoint.UNSAFE)
                .blocks(100, 8_600_000, Order.LIFO, 20 * MICROS, 10)
                .build();
    }

    static Profile fewEvents() {
        return new TestProfile(1)
                .at(EntryPoint.UNSAFE)
                .blocks(64, 999, Order.LIFO, MICROS, 1)
                .build();
    }

    static Profile mallocDowncalls(Callers callers) {
        return new TestProfile(60)
                .at(EntryPoint.MALLOC_DOWNCALL)
                .callers(callers)
                .blocks(1024, 200_000_000, Order.LIFO, 5 * MICROS, 100)
                .build();
    }

    static Profile fewHuge() {
        return new TestProfile(60)
                .at(EntryPoint.UNSAFE)
                .blocks(256L << 20, 60_000, Order.RANDOM, SECONDS, 4)
                .build();
    }

    static Profile growing() {
        TestProfile profile = new TestProfile(60);
        for (int log2 = 6; log2 <= 14; log2++) {
            profile.at(EntryPoint.UNSAFE).blocks(1L << log2, 6_000_000, Order.LIFO, 50 * MICROS, 10, 0, 0.8);
        }
        return profile.build();
    }

    static Profile remoteFrees() {
        return new TestProfile(60)
                .at(EntryPoint.UNSAFE)
                .blocks(64, 120_000_000, Order.RANDOM, 10 * MICROS, 500, 0.5, 0)
                .and()
                .thread("a", 60_000_000, 60_000_000, 30_000_000)
                .thread("b", 60_000_000, 60_000_000, 30_000_000)
                .build();
    }

    static Profile largeArenaBlocks() {
        return new TestProfile(60)
                .at(EntryPoint.ARENA_CONFINED)
                .blocks(64, 6_000_000, Order.BULK, 100 * MICROS, 1)
                .blocks(1L << 20, 600_000, Order.BULK, 100 * MICROS, 2)
                .arenas(300_000, 22, 2 << 20, 1, 0)
                .build();
    }

    static Profile sharedArenaPerCall() {
        return new TestProfile(60)
                .at(EntryPoint.ARENA_SHARED)
                .blocks(64 << 10, 456_000, Order.BULK, 100 * MICROS, 4)
                .arenas(456_000, 1, 64 << 10, 1, 0)
                .build();
    }

    static Profile sharedArenaPerVirtualThread() {
        return new TestProfile(60)
                .at(EntryPoint.ARENA_SHARED)
                .blocks(64 << 10, 456_000, Order.BULK, 100 * MICROS, 4)
                .arenas(456_000, 1, 64 << 10, 1, 0)
                .virtualAllocations(456_000)
                .build();
    }

    static Profile unknownFrees() {
        return new TestProfile(60)
                .at(EntryPoint.UNSAFE)
                .blocks(64, 60_000_000, Order.LIFO, MICROS, 10)
                .unknownFrees(1_000_000)
                .build();
    }

    static Profile nativeFrees() {
        return new TestProfile(60)
                .at(EntryPoint.UNSAFE)
                .blocks(64, 60_000_000, Order.LIFO, MICROS, 10)
                .nativeFrees(3)
                .build();
    }

    static Profile twoBehaviours() {
        return new TestProfile(60)
                .at(EntryPoint.UNSAFE)
                .blocks(64, 50_000_000, Order.LIFO, MICROS, 10)
                .blocks(16_000, 10_000_000, Order.RANDOM, 100 * SECONDS, 2_000)
                .blocks(256 << 10, 2_000_000, Order.RANDOM, SECONDS, 100)
                .blocks(64L << 20, 2_000, Order.RANDOM, SECONDS, 1)
                .build();
    }

    static Profile outOfOrderArenas() {
        return new TestProfile(30)
                .at(EntryPoint.ARENA_CONFINED)
                .blocks(100, 57_000_000, Order.BULK, 2 * MICROS, 1)
                .arenas(57_000_000, 1, 100, 3, 20_000_000)
                .build();
    }

    /** On two carriers; each arena is closed after many that were opened later. */
    static Profile virtualThreadArenas() {
        return new TestProfile(30)
                .at(EntryPoint.ARENA_CONFINED)
                .blocks(100, 57_000_000, Order.BULK, 2 * MICROS, 600)
                .arenas(19_000_000, 3, 336, 110, 18_000_000)
                .virtualAllocations(57_000_000)
                .build();
    }

    static Profile virtualThreads() {
        return new TestProfile(30)
                .at(EntryPoint.UNSAFE)
                .blocks(64, 30_000_000, Order.LIFO, MICROS, 10)
                .virtualAllocations(30_000_000)
                .and()
                .endedThreads(3000)
                .build();
    }
}
