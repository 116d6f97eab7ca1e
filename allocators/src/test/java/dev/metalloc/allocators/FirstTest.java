// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import static org.junit.jupiter.api.Assertions.*;

import dev.metalloc.allocators.api.*;
import dev.metalloc.allocators.source.*;
import java.util.*;
import org.junit.jupiter.api.Test;

class FirstTest {
    @Test
    void slab() {
        run(AllocatorSpec.of("slab"));
    }

    @Test
    void segregated() {
        run(AllocatorSpec.of("segregated"));
    }

    @Test
    void composite() {
        run(new AllocatorSpec(
                "composite", Map.of("parts", "slab,segregated", "limits", "1024", "0.classes", "32,64,1024")));
    }

    void run(AllocatorSpec spec) {
        try (MmapChunkSource source = new MmapChunkSource(1L << 30);
                OffHeapAllocator a = Allocators.create(spec, source)) {
            Random r = new Random(1);
            ArrayList<long[]> live = new ArrayList<>();
            for (int i = 0; i < 200000; i++) {
                if ((live.size() > 500 && r.nextBoolean()) || live.size() > 2000) {
                    long[] b = live.remove(r.nextInt(live.size()));
                    for (long o = 0; o + 8 <= b[1]; o += 8) assertEquals(b[0] ^ o, OffHeapMemory.readLong(b[0] + o));
                    assertEquals(FreeOutcome.FREED, a.free(b[0]));
                    assertNotEquals(FreeOutcome.FREED, a.free(b[0]));
                } else {
                    long size = 1 + r.nextInt(r.nextInt(20) == 0 ? 30000 : 300);
                    long address = a.allocateZeroed(size, 1);
                    assertNotEquals(0, address);
                    for (long o = 0; o < size; o++) assertEquals(0, OffHeapMemory.readByte(address + o));
                    for (long o = 0; o + 8 <= size; o += 8) OffHeapMemory.writeLong(address + o, address ^ o);
                    live.add(new long[] {address, size});
                }
                if (i % 10000 == 0) a.validate();
            }
            for (long[] b : live) assertEquals(FreeOutcome.FREED, a.free(b[0]));
            a.validate();
            System.out.println(a.stats() + " " + a.purge());
            System.out.println(a.stats());
            a.validate();
        }
    }
}
