// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import org.jspecify.annotations.Nullable;

/**
 * Keeps what is to outlive a buffer reachable: places in arrays, claimed by one thread and cleared by any.
 *
 * <p>Claims are confined to one thread. A place is cleared once, by whoever ends its owner, and is claimed again only when it was seen empty.
 */
/* Implementation notes
 *
 * The JDK keeps its cleaners in one list under one lock, for all threads. Here a claim looks for the next empty place of an array, which is
 * the next place as a rule, and at the array's end goes on to an array of which a quarter is empty. Two arrays are looked at before there is
 * a new one: however many buffers live, a claim costs as much, and arrays are three quarters full in the end.
 */
public final class BufferOwners {

    static final int PLACES = 256;
    private static final int EMPTY_ENOUGH = PLACES / 4;
    private static final int LOOKS = 2;

    private @Nullable Object[][] arrays = {new Object[PLACES]};
    private int arrayCount = 1;
    private int nextArray;
    private @Nullable Object[] array = arrays[0];
    private int nextPlace;

    BufferOwners() {}

    /** Finds an empty place in {@link #array}. */
    public int claim() {
        int place = nextPlace;
        @Nullable Object[] places = array;
        while (place < PLACES && places[place] != null) {
            place++;
        }
        if (place == PLACES) {
            return claimElsewhere();
        }
        nextPlace = place + 1;
        return place;
    }

    /** Where the last claim found its place. */
    public @Nullable Object[] array() {
        return array;
    }

    private int claimElsewhere() {
        @Nullable Object @Nullable [] found = null;
        for (int look = 0; look < LOOKS && look < arrayCount && found == null; look++) {
            nextArray = nextArray + 1 < arrayCount ? nextArray + 1 : 0;
            @Nullable Object[] candidate = arrays[nextArray];
            found = emptyCount(candidate) >= EMPTY_ENOUGH ? candidate : null;
        }
        array = found == null ? newArray() : found;
        nextPlace = 0;
        return claim();
    }

    private static int emptyCount(@Nullable Object[] places) {
        int count = 0;
        for (@Nullable Object owner : places) {
            count += owner == null ? 1 : 0;
        }
        return count;
    }

    private @Nullable Object[] newArray() {
        if (arrayCount == arrays.length) {
            @Nullable Object[][] more = new Object[arrayCount * 2][];
            System.arraycopy(arrays, 0, more, 0, arrayCount);
            arrays = more;
        }
        @Nullable Object[] fresh = new Object[PLACES];
        arrays[arrayCount++] = fresh;
        return fresh;
    }

    int arrayCount() {
        return arrayCount;
    }
}
