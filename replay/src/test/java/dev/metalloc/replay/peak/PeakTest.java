// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.peak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.Allocators;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.replay.loop.AllocatorTarget;
import dev.metalloc.replay.loop.NativePeer;
import dev.metalloc.replay.loop.ReplayTarget;
import dev.metalloc.replay.loop.UnservedException;
import dev.metalloc.replay.timing.Subject;
import dev.metalloc.replay.trace.TraceProgram;
import dev.metalloc.replay.trace.TraceText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeakTest {

    private final TraceText text = new TraceText();

    private static void runAll(TraceProgram program, ReplayTarget target, ReplayObserver observer) {
        new ObservedLoop(program, target, observer).run(0, program.eventCount());
    }

    @Test
    void shouldReplayOnAnAllocator() {
        int kept = text.allocate(100);
        int grown = text.reallocate(text.allocate(1, 1000, 6, true), 5000);
        text.time(10).free(2, grown).allocate(10);
        text.free(0, kept);
        TraceProgram program = text.program();
        assertEquals(6, program.eventCount());
        try (MmapChunkSource source = new MmapChunkSource(1L << 30);
                OffHeapAllocator allocator = Allocators.create(AllocatorSpec.of("segregated"), source)) {
            ReplayTarget target = new AllocatorTarget(allocator);
            LiveBytes live = new LiveBytes(target);
            runAll(program, target, live);
            assertEquals(1, allocator.stats().liveCount());
            assertEquals(10, live.requestedBytes());
            assertEquals(5100, live.peakRequestedBytes());
            assertEquals(5100, program.peakRequestedBytes());
            long waste = live.internalWasteAtPeak();
            assertTrue(waste >= 12 && waste < 300, "waste " + waste);
            allocator.validate();
        }
    }

    @Test
    void shouldTouchEveryPageOfABlockAndNoMore() throws IOException {
        text.allocate(3 * 4096);
        try (MmapChunkSource source = new MmapChunkSource(1L << 20)) {
            long base = source.reserve(1 << 20, 4096);
            // The pages behind the block are inaccessible: touching one would end the JVM.
            assertTrue(source.commit(base, 4 * 4096));
            try (ResidentMemory memory = new ResidentMemory()) {
                memory.claim(base);
                runAll(text.program(), new OneAddress(base + 4096), new ReplayObserver() {});
                long touched = memory.allocatorBytes();
                assertTrue(touched >= 3 * 4096, "bytes touched: " + touched);
            }
        }
    }

    @Test
    void shouldSayWhatIsNotServed() {
        text.allocate(77);
        RuntimeException e = assertThrows(
                UnservedException.class, () -> runAll(text.program(), new OneAddress(0), new ReplayObserver() {}));
        assertEquals("cannot serve 77 bytes aligned to 1", e.getMessage());
    }

    @Test
    void shouldMeasurePeersInTheirOwnProcess(@TempDir Path folder) throws Exception {
        writePeaks();
        Path file = text.writeTo(folder.resolve("peers.mtrc.gz"));
        TraceProgram program = text.program();
        assertTrue(NativePeer.GLIBC.library().isPresent(), "the C library is always there");
        for (NativePeer peer : NativePeer.values()) {
            PeerProcess.measure(peer, file, program).ifPresent(footprint -> {
                assertEquals(400, footprint.events());
                assertEquals(100 * 60_000 + 100 * 100, footprint.peakRequestedBytes());
                long peak = footprint.peakCommittedBytes();
                // The C library serves the JVM too: pages that the JVM left in its heaps come free, a tenth of a
                // mebibyte or two.
                // Some pages of a thread's heap were there before the first block.
                assertTrue(peak > 5_950_000 && peak < 12_000_000, peer + " took " + peak);
            });
        }
    }

    @Test
    void shouldSayWhyAPeersProcessMeasuredNothing(@TempDir Path folder) {
        text.allocate(0, 100, 62, false);
        Path file = text.writeTo(folder.resolve("unserved.mtrc.gz"));
        IOException e =
                assertThrows(IOException.class, () -> PeerProcess.measure(NativePeer.GLIBC, file, text.program()));
        assertEquals(
                "its process for the peak ended with exit code 1: cannot serve 100 bytes aligned to " + (1L << 62),
                e.getMessage());
    }

    @Test
    void shouldGiveAPeersProcessTheHeapThatTheTraceNeeds() {
        assertEquals(256L << 20, PeerProcess.heapBytes(600_000, 100_000), "as before for the traces that there are");
        long events = (1 << 23) + 1;
        // While they grow, the larger one of two arrays of longs is twice the smaller.
        assertTrue(PeerProcess.heapBytes(events, 1000) > (128L << 20) + events * 24 * 2);
        assertEquals(0, PeerProcess.heapBytes(events, 1000) % (1 << 20));
    }

    private void writePeaks() {
        int[] blocks = new int[200];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = text.allocate(i % 2, i < 100 ? 60_000 : 100, 0, false);
        }
        for (int block : blocks) {
            text.free(0, block);
        }
    }

    @Test
    void shouldMeasureOursInCommittedBytes() {
        writePeaks();
        Optional<TraceFootprint> ours =
                OurPeak.measure(Subject.ours("tight", "segregated", Map.of("quickBytes", "0")), text.program());
        TraceFootprint footprint = ours.orElseThrow();
        assertEquals(400, footprint.events());
        assertEquals(100 * 60_000 + 100 * 100, footprint.peakRequestedBytes());
        assertTrue(
                footprint.peakCommittedBytes() > 6_000_000 && footprint.peakCommittedBytes() < 6_600_000,
                footprint.toString());
        assertEquals(footprint, TraceFootprint.parse(footprint.toLine()).orElseThrow());
        assertTrue(OurPeak.measure(Subject.ours("slab", "slab", Map.of()), text.program())
                .isEmpty());
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
