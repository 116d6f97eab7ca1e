// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetiredArenasTest {

    private static final class Arena extends RetiredArena {
        private final long heldBytes;

        Arena(long heldBytes) {
            this.heldBytes = heldBytes;
        }

        @Override
        public long heldBytes() {
            return heldBytes;
        }

        @Override
        public void handshake() {}

        @Override
        public void closeScope() {}

        @Override
        public void release() {}
    }

    @Test
    void shouldHandOverAllOfThemOnceNewestFirst() {
        RetiredArenas retired = new RetiredArenas(1_000);
        Arena first = new Arena(100);
        Arena second = new Arena(100);
        assertTrue(retired.isEmpty());
        assertTrue(retired.retire(first));
        assertTrue(retired.retire(second));
        RetiredArena batch = retired.takeAll();
        assertSame(second, batch);
        assertSame(first, second.next());
        assertNull(first.next());
        assertNull(retired.takeAll());
        assertTrue(retired.isEmpty());
    }

    @Test
    void shouldPressFromAQuarterOfWhatMayWait() {
        RetiredArenas retired = new RetiredArenas(1_000);
        assertTrue(retired.retire(new Arena(249)));
        assertFalse(retired.isPressing());
        assertTrue(retired.retire(new Arena(1)));
        assertTrue(retired.isPressing());
        retired.released(250);
        assertFalse(retired.isPressing());
    }

    @Test
    void shouldRefuseWhatNeverFitsAndForgetIt() {
        RetiredArenas retired = new RetiredArenas(1_000);
        assertFalse(retired.retire(new Arena(1_001)));
        assertEquals(0, retired.heldBytes());
        assertTrue(retired.retire(new Arena(1_000)));
    }

    @Test
    void shouldRefuseWhatIsColdWhenItComesBack() {
        RetiredArenas retired = new RetiredArenas(1L << 30);
        assertFalse(retired.retire(new Arena(RetiredArenas.MAX_ARENA_BYTES + 1)));
        assertEquals(0, retired.heldBytes());
        assertTrue(retired.retire(new Arena(RetiredArenas.MAX_ARENA_BYTES)));
    }

    @Test
    void shouldRefuseAtOnceWhenNothingIsReleasedAnyMore() {
        RetiredArenas retired = new RetiredArenas(1_000);
        assertTrue(retired.retire(new Arena(1_000)));
        retired.stopDeferring();
        assertFalse(retired.retire(new Arena(1)));
        assertEquals(1_000, retired.heldBytes());
    }

    @Test
    void shouldLoseNoneThatIsRetiredMeanwhile() throws InterruptedException {
        int threads = 4;
        int each = 20_000;
        RetiredArenas retired = new RetiredArenas(Long.MAX_VALUE / 2);
        Thread[] closers = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            closers[i] = new Thread(() -> {
                for (int n = 0; n < each; n++) {
                    retired.retire(new Arena(1));
                }
            });
            closers[i].start();
        }
        Set<RetiredArena> seen = new HashSet<>();
        while (seen.size() < threads * each) {
            boolean ended = true;
            for (Thread closer : closers) {
                ended &= !closer.isAlive();
            }
            for (RetiredArena arena = retired.takeAll(); arena != null; arena = arena.next()) {
                assertTrue(seen.add(arena));
            }
            if (ended && retired.isEmpty()) {
                break;
            }
        }
        for (Thread closer : closers) {
            closer.join();
        }
        assertEquals(threads * each, seen.size());
        assertEquals((long) threads * each, retired.heldBytes());
    }
}
