// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.Allocators;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceReplayTest {

    private final TraceText text = new TraceText();

    private TraceReader reader() throws IOException {
        return new TraceReader("test", new ByteArrayInputStream(text.bytes()));
    }

    @Test
    void shouldReplayOnAnAllocator() throws IOException {
        int kept = text.allocate(100);
        int grown = text.reallocate(text.allocate(1, 1000, 6, true), 5000);
        text.time(10).free(2, grown).allocate(10);
        text.free(0, kept);
        try (MmapChunkSource source = new MmapChunkSource(1L << 30);
                OffHeapAllocator allocator = Allocators.create(AllocatorSpec.of("segregated"), source);
                TraceReader trace = reader()) {
            ReplayTarget target = new AllocatorTarget(allocator);
            LiveBytes live = new LiveBytes(target);
            assertEquals(6, new TraceReplay(trace, target, live).run());
            assertEquals(1, allocator.stats().liveCount());
            assertEquals(10, live.requestedBytes());
            assertEquals(5100, live.peakRequestedBytes());
            long waste = live.internalWasteAtPeak();
            assertTrue(waste >= 12 && waste < 300, "waste " + waste);
            allocator.validate();
        }
    }

    @Test
    void shouldTouchEveryPageOfABlockAndNoMore() throws IOException {
        text.allocate(3 * 4096);
        try (MmapChunkSource source = new MmapChunkSource(1L << 20);
                TraceReader trace = reader()) {
            long base = source.reserve(1 << 20, 4096);
            // The pages behind the block are inaccessible: touching one would end the JVM.
            assertTrue(source.commit(base, 4 * 4096));
            try (ResidentMemory memory = new ResidentMemory()) {
                memory.claim(base);
                new TraceReplay(trace, new OneAddress(base + 4096), new ReplayObserver() {}).run();
                long touched = memory.allocatorBytes();
                assertTrue(touched >= 3 * 4096, "bytes touched: " + touched);
            }
        }
    }

    @Test
    void shouldSayWhatIsNotServed() throws IOException {
        text.allocate(77);
        try (TraceReader trace = reader()) {
            TraceReplay replay = new TraceReplay(trace, new OneAddress(0), new ReplayObserver() {});
            RuntimeException e = assertThrows(TraceReplay.UnservedException.class, replay::run);
            assertEquals("cannot serve 77 bytes aligned to 1", e.getMessage());
        }
    }

    @Test
    void shouldRefuseABlockThatEndsTwice() throws IOException {
        int block = text.allocate(0);
        text.free(0, block).free(0, block);
        try (TraceReader trace = reader()) {
            TraceReplay replay = new TraceReplay(trace, new OneAddress(16), new ReplayObserver() {});
            assertThrows(TraceFormatException.class, replay::run);
        }
    }

    @Test
    void shouldMeasurePeersInTheirOwnProcess(@TempDir Path folder) throws Exception {
        int[] blocks = new int[200];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = text.allocate(i < 100 ? 60_000 : 100);
        }
        for (int block : blocks) {
            text.free(0, block);
        }
        Path file = text.writeTo(folder.resolve("peers.mtrc.gz"));
        assertTrue(NativePeer.GLIBC.library().isPresent(), "the C library is always there");
        for (NativePeer peer : NativePeer.values()) {
            PeerProcess.measure(peer, file).ifPresent(footprint -> {
                assertEquals(400, footprint.events());
                assertEquals(100 * 60_000 + 100 * 100, footprint.peakRequestedBytes());
                long peak = footprint.peakCommittedBytes();
                assertTrue(peak > 6_000_000 && peak < 12_000_000, peer + " took " + peak);
            });
        }
    }

    @Test
    void shouldMeasureOursInCommittedBytes(@TempDir Path folder) throws IOException {
        for (int i = 0; i < 100; i++) {
            text.allocate(60_000);
        }
        List<TraceFootprint> ours = OurFootprints.measure(text.writeTo(folder.resolve("ours.mtrc.gz")));
        assertTrue(ours.size() >= 3, "allocators measured: " + ours.size());
        for (TraceFootprint footprint : ours) {
            assertEquals(6_000_000, footprint.peakRequestedBytes());
            assertTrue(footprint.peakCommittedBytes() > 6_000_000, footprint.allocator());
            assertEquals(footprint, TraceFootprint.parse(footprint.toLine()).orElse(footprint));
        }
    }

    @Test
    void shouldReadMappings() {
        AddressRanges.Range heap =
                AddressRanges.parse("55d0-7fff rw-p 00000000 00:00 0                          [heap]");
        assertEquals(new AddressRanges.Range(0x55d0, 0x7fff, true), heap);
        assertTrue(AddressRanges.parse("7f00-8000 rw-p 00000000 00:00 0 ").isMemory());
        assertEquals(
                false, AddressRanges.parse("7f00-8000 ---p 00000000 00:00 0 ").isMemory());
        assertEquals(
                false,
                AddressRanges.parse("7f00-8000 r--p 00001000 fe:01 1053 /usr/lib/libc.so.6")
                        .isMemory());
        assertEquals(
                false,
                AddressRanges.parse("7ff0-7fff rw-p 00000000 00:00 0    [stack]")
                        .isMemory());
    }

    /** Answers one address to everything. */
    private record OneAddress(long address) implements ReplayTarget {
        @Override
        public long allocate(long byteSize, long byteAlignment, boolean zeroed) {
            return address;
        }

        @Override
        public void free(long freed) {
            assertEquals(address, freed);
        }

        @Override
        public long reallocate(long old, long byteSize) {
            return address;
        }

        @Override
        public long usableSize(long of) {
            return 0;
        }

        @Override
        public void close() {}
    }
}
