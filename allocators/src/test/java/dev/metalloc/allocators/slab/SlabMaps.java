// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.metalloc.allocators.source.RecordBytes;

/** Maps for slabs in address space with nothing behind it. */
final class SlabMaps {

    /** Where the region of the maps begins. */
    static final long BASE = 1 << 20;

    private SlabMaps() {}

    /** A map of two MiB from {@link #BASE}, to be released by the caller. */
    static BlockMap twoMib() {
        return twoMib(4);
    }

    /** As {@link #twoMib()}, with a byte for each granule of that many bits. */
    static BlockMap twoMib(int granuleShift) {
        BlockMap map = new BlockMap(RecordBytes.reserve(2 << 20), BASE, granuleShift);
        if (!map.reach(BASE + (2 << 20))) {
            throw new IllegalStateException("no memory for a map");
        }
        return map;
    }

    /** A slab of which all can be taken. */
    static Slab slab(BlockMap map, long address, int sizeClass, int blockBytes, int slabBytes) {
        Slab slab = new Slab(map, address, sizeClass, blockBytes, slabBytes);
        slab.noteCommitted(slabBytes);
        return slab;
    }

    /** Takes the fresh block that comes next and makes it live. */
    static long handOut(Slab slab, BlockMap map) {
        long address = slab.takeFresh(0);
        map.set(address);
        return address;
    }

    /** Ends a block's life and puts it back into its slab. */
    static void takeBack(Slab slab, BlockMap map, long address) {
        map.clear(address);
        put(slab, address);
    }

    /** Takes one free block, whichever comes first. */
    static long take(Slab slab) {
        long[] place = new long[1];
        slab.take(place, 0, 1);
        return place[0];
    }

    /** Puts one block back that is not live any more. */
    static void put(Slab slab, long address) {
        assertEquals(1, slab.put(new long[] {address}, 0, 1));
    }
}
