// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The records of one thread's confined arenas, each in a place of its own; they go round, so that an arena per call allocates none.
 *
 * <p>Used by that thread alone, but for the sums over blocks that are live, which any thread may read.
 */
final class ArenaRecords {
    private static final int FIRST_KEPT = 4;

    private final int limit;
    private @Nullable ArenaRecord[] kept = new @Nullable ArenaRecord[FIRST_KEPT];
    private int keptCount;
    /** Places whose arenas are closed, the last closed on top. */
    private int[] closedPlaces = new int[FIRST_KEPT];

    private int closedCount;

    ArenaRecords(int limit) {
        this.limit = limit;
    }

    /** The record of an arena that is closed, null where there is none. */
    @Nullable
    ArenaRecord takeClosed() {
        return closedCount == 0 ? null : kept[closedPlaces[--closedCount]];
    }

    /** The place of the next record that is added, {@link ArenaRecord#NO_PLACE} where there is none left. */
    int nextPlace() {
        return keptCount == limit ? ArenaRecord.NO_PLACE : keptCount;
    }

    /** Whether an arena more finds a record. */
    boolean haveOneLeft() {
        return closedCount > 0 || keptCount < limit;
    }

    /** Adds a record that was made for {@link #nextPlace}. */
    void add(ArenaRecord record) {
        if (keptCount == kept.length) {
            closedPlaces = Arrays.copyOf(closedPlaces, 2 * keptCount);
            kept = Arrays.copyOf(kept, 2 * keptCount); // last: there may be no memory for either
        }
        kept[keptCount] = record;
        keptCount++;
    }

    /** The arena of this place is closed, and its record may serve another. */
    void giveBack(int place) {
        closedPlaces[closedCount++] = place;
    }

    @Nullable
    ArenaRecord at(int place) {
        return place < kept.length ? kept[place] : null;
    }

    /** Blocks of open arenas that {@link QuickCounts} has counted; any thread. */
    long notedBlocks() {
        @Nullable ArenaRecord[] all = kept;
        long blocks = 0;
        for (int place = 0; place < all.length; place++) {
            ArenaRecord record = all[place];
            blocks += record == null ? 0 : record.tally().notedBlocks();
        }
        return blocks;
    }

    /** Adds their bytes to those of their bands; any thread. */
    void addNotedBytes(long[] bandBytes) {
        @Nullable ArenaRecord[] all = kept;
        for (int place = 0; place < all.length; place++) {
            ArenaRecord record = all[place];
            if (record != null) {
                record.tally().addNotedBytes(bandBytes);
            }
        }
    }

    /** Takes them out of those that have ended in a sum; any thread. */
    void uncountNoted(EntryRecord total) {
        @Nullable ArenaRecord[] all = kept;
        for (int place = 0; place < all.length; place++) {
            ArenaRecord record = all[place];
            if (record != null) {
                record.tally().uncountNoted(total);
            }
        }
    }

    /** Drops the followed blocks of arenas that are open; answers what they had room for. */
    int dropFollowed() {
        int dropped = 0;
        for (int place = 0; place < keptCount; place++) {
            ArenaRecord record = kept[place];
            dropped += record == null ? 0 : record.dropFollowed();
        }
        return dropped;
    }

    long heldBytes() {
        return (long) keptCount * ArenaRecord.HELD_BYTES + 8L * kept.length;
    }
}
