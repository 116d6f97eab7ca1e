// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Closes shared arenas while other threads read them: every read sees what was written into that arena, or fails.
 *
 * <p>Arenas that are closed at once in between make the memory of the others be reused soon. Arguments: how many milliseconds at least,
 * and whether the readers are {@code platform} or {@code virtual} threads.
 */
@SuppressWarnings("MustBeClosedChecker") // an arena that stays open while others close is what is looked at
public final class SharedArenaRaces {

    /** So large that some dozens of them are released at once. */
    private static final long BYTE_SIZE = 65_536;
    /** Of them all, the longs looked at; a power of two. */
    private static final int LONGS = 64;

    private static final int SHORT_LIVED = 500;
    /** However slow the machine is: more closes than what is put off at once. */
    private static final int LEAST_ROUNDS = 3;

    private static final int READERS = 3;

    private static volatile @Nullable MemorySegment published;
    private static volatile boolean ended;

    private static final AtomicLong WRONG = new AtomicLong();
    private static final AtomicLong REFUSED = new AtomicLong();
    private static final AtomicLong AFTER_CLOSE = new AtomicLong();

    private SharedArenaRaces() {}

    public static void main(String[] arguments) throws Exception {
        long end = System.nanoTime() + Long.parseLong(arguments[0]) * 1_000_000L;
        Thread.Builder builder = arguments[1].equals("virtual") ? Thread.ofVirtual() : Thread.ofPlatform();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            readers.add(builder.start(SharedArenaRaces::readSingly));
            readers.add(builder.start(SharedArenaRaces::readInBulk));
        }
        long value = 0;
        for (int round = 0; round < LEAST_ROUNDS || System.nanoTime() < end; round++) {
            value++;
            Arena arena = Arena.ofShared();
            MemorySegment segment = filled(arena, value);
            published = segment;
            for (int i = 0; i < SHORT_LIVED; i++) {
                value++;
                try (Arena other = Arena.ofShared()) {
                    filled(other, value);
                }
            }
            arena.close();
            requireClosed(segment);
        }
        ended = true;
        for (Thread reader : readers) {
            reader.join();
        }
        System.out.println("wrong " + WRONG + ", readable after close " + AFTER_CLOSE + ", raced "
                + (REFUSED.get() > 0 ? "yes" : "no"));
    }

    private static MemorySegment filled(Arena arena, long value) {
        MemorySegment segment = arena.allocate(BYTE_SIZE);
        for (int i = 0; i < LONGS; i++) {
            if (segment.getAtIndex(ValueLayout.JAVA_LONG, i) != 0) {
                WRONG.incrementAndGet();
            }
            segment.setAtIndex(ValueLayout.JAVA_LONG, i, value);
        }
        return segment;
    }

    private static void requireClosed(MemorySegment segment) {
        try {
            segment.getAtIndex(ValueLayout.JAVA_LONG, 0);
            AFTER_CLOSE.incrementAndGet();
        } catch (IllegalStateException expected) {
            // Closed, as it should be.
        }
    }

    private static void readSingly() {
        while (!ended) {
            MemorySegment segment = published;
            if (segment != null) {
                try {
                    WRONG.addAndGet(differing(segment, segment.getAtIndex(ValueLayout.JAVA_LONG, 0)));
                } catch (IllegalStateException closed) {
                    REFUSED.incrementAndGet();
                }
            }
        }
    }

    /** A loop whose check of liveness a compiler may move out of it. */
    private static long differing(MemorySegment segment, long value) {
        long wrong = 0;
        for (int i = 0; i < 200_000_000; i++) {
            wrong += segment.getAtIndex(ValueLayout.JAVA_LONG, i & (LONGS - 1)) == value ? 0 : 1;
        }
        return wrong;
    }

    private static void readInBulk() {
        long[] copy = new long[LONGS];
        while (!ended) {
            MemorySegment segment = published;
            if (segment != null) {
                try {
                    MemorySegment.copy(segment, ValueLayout.JAVA_LONG, 0, copy, 0, LONGS);
                    long value = copy[0];
                    for (long each : copy) {
                        if (each != value || each == 0) {
                            WRONG.incrementAndGet();
                        }
                    }
                } catch (IllegalStateException closed) {
                    REFUSED.incrementAndGet();
                }
            }
        }
    }
}
