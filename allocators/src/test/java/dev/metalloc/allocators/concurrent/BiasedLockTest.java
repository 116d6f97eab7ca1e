// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class BiasedLockTest {

    private final BiasedLock lock = new BiasedLock(2);
    private long first;
    private long second;

    private static <T> T inThread(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().start(task);
        return task.get();
    }

    private Void change(int turns) {
        for (int i = 0; i < turns; i++) {
            Door door = lock.lock();
            try {
                assertEquals(first, second);
                second = first + 1;
                first = second;
            } finally {
                door.open();
            }
        }
        return null;
    }

    /** Nobody is inside whenever this is asked, so what is not idle is somebody's own. */
    private boolean isBiased() {
        return !lock.isIdle();
    }

    @Test
    void shouldBecomeItsOnlyUsersOwn() {
        change(2 * BiasedLock.LOOKS - 1);
        assertFalse(isBiased());
        change(1);
        assertTrue(isBiased());
        change(1_000);
        assertTrue(isBiased());
    }

    @Test
    void shouldPassFromAnOwnerToWhoeverComes() throws Exception {
        change(100);
        assertTrue(isBiased());
        inThread(() -> change(1));
        assertFalse(isBiased(), "one turn makes nobody an owner");
        change(1);
        assertEquals(102, first);
    }

    @Test
    void shouldOutliveItsOwner() throws Exception {
        inThread(() -> change(100));
        assertTrue(isBiased());
        change(1_000);
        assertEquals(1_100, first);
        assertTrue(isBiased());
    }

    /** An owner that lost the lock at once is not given it again as soon; a machine under load may make any one loss late. */
    @Test
    void shouldHesitateWhereItDidNotPay() throws Exception {
        int hesitated = 0;
        for (int i = 0; i < 100 && hesitated == 0; i++) {
            hesitated += hasHesitated(new BiasedLock(2)) ? 1 : 0;
        }
        assertEquals(1, hesitated, "none of 100 locks waited longer");
    }

    private static boolean hasHesitated(BiasedLock fresh) throws Exception {
        take(fresh, 2 * BiasedLock.LOOKS);
        assertFalse(fresh.isIdle());
        inThread(() -> take(fresh, 1));
        take(fresh, 2 * BiasedLock.LOOKS);
        boolean waits = fresh.isIdle();
        take(fresh, 8 * 2 * BiasedLock.LOOKS);
        assertFalse(fresh.isIdle(), "it is given in the end");
        return waits;
    }

    private static Void take(BiasedLock taken, int turns) {
        for (int i = 0; i < turns; i++) {
            taken.lock().open();
        }
        return null;
    }

    @Test
    void shouldNotBeTakenFromInsideBySomebodyElse() throws Exception {
        Door door = lock.lock();
        assertNull(inThread(lock::tryLock));
        door.open();
        assertNotNull(inThread(() -> {
            Door taken = lock.tryLock();
            if (taken != null) {
                taken.open();
            }
            return taken;
        }));
    }

    @Test
    void shouldLoseNoTurnAmongThreads() throws Exception {
        int threads = 4;
        int turns = 50_000;
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            FutureTask<Void> task = new FutureTask<>(() -> change(turns));
            tasks.add(task);
            Thread.Builder builder = i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
            builder.start(task);
        }
        for (FutureTask<Void> task : tasks) {
            task.get();
        }
        assertEquals((long) threads * turns, first);
    }

    /** What the stack's end left behind must not keep others for ever. */
    @Test
    void shouldGiveUpWaitingForWhoeverDoesNotLeave() {
        assertTrue(Door.pause(0, true) > 0);
        assertTrue(Door.pause(Door.MOST_WAITED, true) > Door.MOST_WAITED);
        assertThrows(IllegalStateException.class, () -> Door.pause(Door.MOST_WAITED + 1, true));
        assertThrows(IllegalStateException.class, () -> Door.pause(Door.MOST_WAITED + 1, false));
    }
}
