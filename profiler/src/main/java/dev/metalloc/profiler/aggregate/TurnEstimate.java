// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.aggregate;

import dev.metalloc.profiler.api.ThreadTurns;
import dev.metalloc.profiler.record.ThreadRow;
import java.util.List;

/**
 * How many turns threads took, from looks at which of them is recording: at each event, or at some of them.
 *
 * <p>Immutable.
 */
/* Implementation notes
 *
 * Where each event is looked at, takeovers are turns. Else let p be the looks that saw another thread than the one before, and d what p would be if turns were
 * far shorter than looks are apart: the chance that two events anywhere are of different threads. If threads were drawn anew at the end of turns of L events
 * on average, and looks came by chance, g events apart on average, as the sampler's do, then p = d (g / L) / (1 + g / L). Of the E / L draws of E
 * events d are of another thread, and of the E / g looks p: that makes 1 / (1 - p / d) turns for each takeover that was seen.
 *
 * With p near d it only says that turns are short, so nothing is claimed.
 */
final class TurnEstimate {

    private static final double EXACT_GAP = 2;
    private static final long LEAST_LOOKS = 32;
    private static final double MOST_OF_CHANCE = 0.8;

    /** Turns for each takeover that was seen; 0 where it is not known. */
    private final double turnsPerTakeover;

    /** @param rows of all threads, see {@link ThreadRow} */
    TurnEstimate(List<long[]> rows) {
        double events = 0;
        double looks = 0;
        double takeovers = 0;
        for (long[] row : rows) {
            events += events(row);
            looks += row[ThreadRow.LOOK_COUNT];
            takeovers += row[ThreadRow.TAKEOVER_COUNT];
        }
        double gap = events / Math.max(1, looks);
        turnsPerTakeover = gap < EXACT_GAP ? 1 : turnsPerTakeover(looks, takeovers, chance(rows, events));
    }

    private static double turnsPerTakeover(double looks, double takeovers, double chance) {
        double seen = takeovers / Math.max(1, looks);
        if (looks < LEAST_LOOKS || chance == 0 || seen > MOST_OF_CHANCE * chance) {
            return 0;
        }
        return 1 / (1 - seen / chance);
    }

    private static double chance(List<long[]> rows, double events) {
        double same = 0;
        for (long[] row : rows) {
            double share = events(row) / Math.max(1, events);
            same += share * share;
        }
        return Math.max(0, 1 - same);
    }

    /** One thread's. */
    ThreadTurns of(long[] row) {
        long events = (long) events(row);
        if (turnsPerTakeover == 0 || events == 0) {
            return ThreadTurns.UNKNOWN;
        }
        long turns = Math.round(turnsPerTakeover * row[ThreadRow.TAKEOVER_COUNT]);
        return new ThreadTurns(Math.clamp(turns, 1, events), events);
    }

    private static double events(long[] row) {
        return (double) row[ThreadRow.ALLOCATE_COUNT] + row[ThreadRow.FREE_COUNT];
    }
}
