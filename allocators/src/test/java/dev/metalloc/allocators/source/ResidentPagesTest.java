// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResidentPagesTest {

    private static final long MAPPED_BYTES = 16L << 20;

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);
    private final long page = source.pageByteSize();
    private long address;

    @BeforeEach
    void map() {
        address = source.reserve(MAPPED_BYTES, page);
        assertTrue(source.commit(address, MAPPED_BYTES));
        ResidentPages.prepare(address, page);
    }

    @AfterEach
    void unmap() {
        source.close();
    }

    @Test
    void shouldZeroWhateverWasWritten() {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 60; round++) {
            // Some pieces are full, so that the next ones are not asked about, and most are sparse.
            int writes = round % 20 == 0 ? 20_000 : random.nextInt(40);
            for (int i = 0; i < writes; i++) {
                OffHeapMemory.writeByte(address + random.nextLong(MAPPED_BYTES), (byte) 1);
            }
            long start = address + 16 * random.nextLong(1000);
            long byteSize = ResidentPages.MIN_BYTES - 100 + random.nextLong(MAPPED_BYTES / 2);
            OffHeapMemory.writeByte(start - (start == address ? 0 : 1), (byte) 7);
            OffHeapMemory.writeByte(start + byteSize, (byte) 7);
            ResidentPages.zero(start, byteSize);
            for (long i = 0; i < byteSize; i++) {
                if (OffHeapMemory.readByte(start + i) != 0) {
                    assertEquals(0, OffHeapMemory.readByte(start + i), "byte " + i + " of " + byteSize);
                }
            }
            assertEquals(7, OffHeapMemory.readByte(start + byteSize), "the byte behind the piece");
            source.purge(address, MAPPED_BYTES);
            assertTrue(source.commit(address, MAPPED_BYTES));
        }
    }

    @Test
    void shouldLeaveUntouchedPagesWithoutMemory() {
        for (int i = 0; i < 40; i++) {
            // Sparse pieces, also where an earlier one was full and the next were not asked about.
            source.purge(address, MAPPED_BYTES);
            assertTrue(source.commit(address, MAPPED_BYTES));
            OffHeapMemory.writeByte(address + MAPPED_BYTES / 2, (byte) 1);
            ResidentPages.zero(address, MAPPED_BYTES);
            assertEquals(0, OffHeapMemory.readByte(address + MAPPED_BYTES / 2));
        }
        assertTrue(residentBytes() <= 4 * page, residentBytes() + " bytes are resident");
    }

    private long residentBytes() {
        long sum = 0;
        for (long offset = 0; offset < MAPPED_BYTES; offset += page) {
            sum += ResidentPages.isResident(address + offset) ? page : 0;
        }
        return sum;
    }
}
