// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.Flag;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Takes each allocator at the word of its traits. */
@ParameterizedClass
@MethodSource("dev.metalloc.allocators.Subjects#all")
class TraitsTest {

    /** What is tried where traits claim more. */
    private static final long MOST_BYTES = 16L << 20;

    private final Subject subject;
    private final MmapChunkSource source = new MmapChunkSource(1L << 30);
    private final OffHeapAllocator allocator;
    private final AllocatorTraits traits;

    TraitsTest(Subject subject) {
        this.subject = subject;
        allocator = subject.create(source);
        traits = allocator.traits();
    }

    @AfterEach
    void shouldHoldItsEquations() {
        allocator.validate();
        allocator.close();
        source.close();
    }

    private Set<Long> sizesInRange() {
        TreeSet<Long> sizes = new TreeSet<>();
        long most = Math.min(traits.maxByteSize(), MOST_BYTES);
        for (long power = 1; power <= most; power *= 2) {
            sizes.addAll(List.of(power - 1, power, power + 1, power + power / 2));
        }
        sizes.add(traits.minByteSize());
        sizes.add(most);
        return new TreeSet<>(sizes.subSet(traits.minByteSize(), true, most, true));
    }

    @Test
    void shouldServeAllSizesAndAlignmentsClaimed() {
        for (long byteSize : sizesInRange()) {
            for (long alignment = 1; alignment <= Math.min(traits.maxByteAlignment(), MOST_BYTES); alignment *= 2) {
                assertTrue(traits.serves(byteSize, alignment));
                long address = allocator.allocate(byteSize, alignment);
                assertNotEquals(OffHeapAllocator.NULL, address, byteSize + " bytes aligned to " + alignment);
                assertEquals(0, address % Math.max(16, alignment));
                assertTrue(allocator.usableSize(address) >= byteSize);
                assertEquals(FreeOutcome.FREED, allocator.free(address));
            }
        }
    }

    /** An alignment beyond the claim may be served now and then, by one part of several, but then it is served well. */
    @Test
    void shouldRefuseSizesAndAlignmentsNotClaimed() {
        assertEquals(OffHeapAllocator.NULL, allocator.allocate(traits.maxByteSize() + 1, 1));
        assertEquals(OffHeapAllocator.NULL, allocator.allocateZeroed(traits.maxByteSize() + 1, 64));
        long alignment = traits.maxByteAlignment() * 2;
        long address = allocator.allocate(16, alignment);
        assertEquals(0, address % alignment);
        assertEquals(address != OffHeapAllocator.NULL, allocator.free(address) == FreeOutcome.FREED);
        if (traits.minByteSize() > 0) {
            assertEquals(OffHeapAllocator.NULL, allocator.allocate(traits.minByteSize() - 1, 1));
        }
    }

    @Test
    void shouldNotSuitWhatItMustNotGet() {
        EnumSet<Flag> both = EnumSet.noneOf(Flag.class);
        both.addAll(traits.suits());
        both.retainAll(traits.mustNotGet());
        assertEquals(EnumSet.noneOf(Flag.class), both);
    }

    @Test
    void shouldDoWhatItsFlagsClaim() {
        for (Flag flag : traits.suits()) {
            try (MmapChunkSource own = new MmapChunkSource(1L << 30);
                    OffHeapAllocator fresh = subject.create(own)) {
                new FlagClaims(fresh, own, subject.keepsRecords()).check(flag);
                fresh.validate();
            }
        }
    }

    /** Every second block is freed, so that none has a free neighbour; the rest of the memory must do for as many again. */
    @Test
    void shouldReuseSingleBlocksWhereItClaimsTo() {
        if (!traits.freesSingleBlocks() || !subject.keepsRecords()) {
            return;
        }
        List<Long> blocks = allocate(4000, 600);
        long committed = source.committedBytes();
        for (int i = 0; i < blocks.size(); i += 2) {
            assertEquals(FreeOutcome.FREED, allocator.free(blocks.get(i)));
        }
        allocate(2000, 600);
        // A layer's quarantine holds some hundred blocks back; two spans are for rounding.
        long slack = committed / 8 + (128 << 10);
        assertTrue(source.committedBytes() <= committed + slack, committed + " grew to " + source.committedBytes());
    }

    @Test
    void shouldReturnMemoryWhereItClaimsTo() {
        List<Long> blocks = allocate(4000, 600);
        for (int i = 0; i < blocks.size(); i++) {
            if (i % 1000 != 0) {
                assertEquals(FreeOutcome.FREED, allocator.free(blocks.get(i)));
            }
        }
        long purged = allocator.purge();
        assertEquals(traits.returnsMemory(), purged > 0, "purged " + purged);
    }

    @Test
    void shouldServeTheThreadsItClaimsTo() throws InterruptedException {
        if (traits.threadModel() == ThreadModel.CONFINED) {
            return;
        }
        Exchange exchange = new Exchange(allocator, 1, 256, 400);
        exchange.generation(4, 4000, false);
        exchange.generation(4, 1000, true);
        exchange.drain();
        assertEquals(0, allocator.stats().liveCount());
        assertEquals(0, allocator.stats().refusedFreeCount());
    }

    private List<Long> allocate(int count, long byteSize) {
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long address = allocator.allocate(byteSize, 1);
            assertNotEquals(OffHeapAllocator.NULL, address);
            blocks.add(address);
        }
        return blocks;
    }
}
