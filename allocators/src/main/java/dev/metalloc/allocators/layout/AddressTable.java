// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.layout;

/** A map from addresses to numbers that are not negative, in two arrays, open-addressed with linear probing. Confined. */
public final class AddressTable {

    public static final long ABSENT = -1;

    private static final long EMPTY = 0;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private long[] addresses = new long[64];
    private long[] values = new long[64];
    private int count;

    public int count() {
        return count;
    }

    /** The number put for an address, or ABSENT. */
    public long value(long address) {
        int slot = slotOf(address);
        return addresses[slot] == address && address != EMPTY ? values[slot] : ABSENT;
    }

    /** Sees to it that the next {@link #put} needs no memory. */
    public void makeRoom() {
        if (count * 2 >= addresses.length) {
            grow();
        }
    }

    /** Puts a number for an address; as it was where the Java heap has no room. */
    public void put(long address, long value) {
        makeRoom();
        int slot = slotOf(address);
        count += addresses[slot] == EMPTY ? 1 : 0;
        addresses[slot] = address;
        values[slot] = value;
    }

    public void remove(long address) {
        int hole = slotOf(address);
        if (addresses[hole] != address) {
            return;
        }
        count--;
        addresses[hole] = EMPTY;
        // Entries behind the hole move up where probing from their home would otherwise stop at the hole.
        for (int slot = next(hole); addresses[slot] != EMPTY; slot = next(slot)) {
            long moved = addresses[slot];
            addresses[slot] = EMPTY;
            int to = slotOf(moved);
            addresses[to] = moved;
            values[to] = values[slot];
        }
    }

    /** Of its arrays. */
    public long heldBytes() {
        return ArrayBytes.of(addresses) + ArrayBytes.of(values);
    }

    /** Number of slots; each holds {@link #addressAt} or 0. */
    public int slots() {
        return addresses.length;
    }

    public long addressAt(int slot) {
        return addresses[slot];
    }

    public long valueAt(int slot) {
        return values[slot];
    }

    private int slotOf(long address) {
        int slot = (int) ((address * GOLDEN) >>> 32) & (addresses.length - 1);
        while (addresses[slot] != EMPTY && addresses[slot] != address) {
            slot = next(slot);
        }
        return slot;
    }

    private int next(int slot) {
        return (slot + 1) & (addresses.length - 1);
    }

    private void grow() {
        long[] oldAddresses = addresses;
        long[] oldValues = values;
        long[] moreAddresses = new long[oldAddresses.length * 2];
        values = new long[oldAddresses.length * 2];
        addresses = moreAddresses;
        for (int i = 0; i < oldAddresses.length; i++) {
            if (oldAddresses[i] != EMPTY) {
                int slot = slotOf(oldAddresses[i]);
                addresses[slot] = oldAddresses[i];
                values[slot] = oldValues[i];
            }
        }
    }
}
