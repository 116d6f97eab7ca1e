// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.metalloc.policy.plan.ExpectedUse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UseWatchTest {

    private static final long WINDOW = UseWatch.LEAST_EVENTS;
    private static final long MIB = 1 << 20;

    private long served;
    private long missed;
    private long freed;
    private long remote;

    private @Nullable String look(UseWatch watch, long moreServed, long moreMissed, long moreFreed, long moreRemote) {
        served += moreServed;
        missed += moreMissed;
        freed += moreFreed;
        remote += moreRemote;
        return watch.look(new Observation(served, missed, freed, remote, 0));
    }

    @Test
    void shouldNoticeOtherSizesAfterThreeWindows() {
        UseWatch watch = new UseWatch(new ExpectedUse(0.9, -1, -1));
        assertNull(look(watch, WINDOW, 0, 0, 0));
        assertNull(look(watch, 0, WINDOW, 0, 0));
        assertNull(look(watch, 0, WINDOW, 0, 0));
        assertEquals("0 % of the requests are of its sizes, 90 % in the profile", look(watch, 0, WINDOW, 0, 0));
    }

    @Test
    void shouldForgiveAPhase() {
        UseWatch watch = new UseWatch(new ExpectedUse(0.9, -1, -1));
        for (int phase = 0; phase < 10; phase++) {
            assertNull(look(watch, 0, WINDOW, 0, 0));
            assertNull(look(watch, 0, WINDOW, 0, 0));
            assertNull(look(watch, WINDOW, 0, 0, 0));
        }
    }

    @Test
    void shouldAllowHalfTheExpectedShare() {
        UseWatch watch = new UseWatch(new ExpectedUse(0.5, -1, -1));
        for (int i = 0; i < 10; i++) {
            assertNull(look(watch, WINDOW / 4, WINDOW * 3 / 4, 0, 0));
        }
    }

    @Test
    void shouldWaitForEnoughEvents() {
        UseWatch watch = new UseWatch(new ExpectedUse(1, 0, -1));
        for (int i = 0; i < 2; i++) {
            assertNull(look(watch, 0, WINDOW - 1, WINDOW - 1, WINDOW - 1));
        }
        assertNull(look(watch, 0, 2, 2, 2));
        assertNull(look(watch, 0, WINDOW - 1, WINDOW - 1, WINDOW - 1));
    }

    @Test
    void shouldNoticeFreesByOtherThreads() {
        UseWatch watch = new UseWatch(new ExpectedUse(-1, 0.1, -1));
        for (int i = 0; i < 10; i++) {
            assertNull(look(watch, 0, 0, WINDOW, WINDOW / 3));
        }
        assertNull(look(watch, 0, 0, WINDOW, WINDOW / 2));
        assertNull(look(watch, 0, 0, WINDOW, WINDOW / 2));
        assertEquals(
                "50 % of the blocks are freed by another thread, 10 % in the profile",
                look(watch, 0, 0, WINDOW, WINDOW / 2));
    }

    @Test
    void shouldNoticeMemoryFarAboveThePeak() {
        UseWatch watch = new UseWatch(new ExpectedUse(-1, -1, 100 * MIB));
        for (int i = 0; i < 10; i++) {
            assertNull(watch.look(new Observation(0, 0, 0, 0, 464 * MIB)));
        }
        assertNull(watch.look(new Observation(0, 0, 0, 0, 500 * MIB)));
        assertNull(watch.look(new Observation(0, 0, 0, 0, 500 * MIB)));
        assertNotNull(watch.look(new Observation(0, 0, 0, 0, 500 * MIB)));
    }

    @Test
    void shouldJudgeNothingThatIsNotKnown() {
        UseWatch unknown = new UseWatch(ExpectedUse.UNKNOWN);
        UseWatch untold = new UseWatch(new ExpectedUse(-1, 0, -1));
        for (int i = 1; i <= 10; i++) {
            assertNull(unknown.look(new Observation(0, i * WINDOW, i * WINDOW, i * WINDOW, i << 30)));
            assertNull(untold.look(new Observation(0, 0, i * WINDOW, -1, 0)));
        }
    }
}
