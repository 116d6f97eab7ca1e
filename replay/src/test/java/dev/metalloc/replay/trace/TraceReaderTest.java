// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceReaderTest {

    private static final long LARGE = (5L << 40) + 3;

    private final TraceText text = new TraceText();

    private TraceReader reader(byte[] bytes) throws IOException {
        return new TraceReader("test", new ByteArrayInputStream(bytes));
    }

    @Test
    void shouldReadEveryKindOfEvent(@TempDir Path folder) throws IOException {
        int first = text.allocate(0, 100, 0, false);
        text.time(1000);
        int second = text.allocate(70, LARGE, 12, true);
        int third = text.reallocate(first, 300);
        text.time(500).free(5, second).free(0, third);
        try (TraceReader trace = TraceReader.open(text.writeTo(folder.resolve("a.mtrc.gz")))) {
            assertEquals(Map.of("program", "tést"), trace.properties());
            expectBlock(trace, TraceOperation.ALLOCATE, first, 100, 1, false);
            assertTrue(trace.next());
            assertEquals(TraceOperation.TIME, trace.operation());
            assertEquals(1000, trace.micros());
            expectBlock(trace, TraceOperation.ALLOCATE, second, LARGE, 4096, true);
            assertEquals(70, trace.thread());
            expectBlock(trace, TraceOperation.REALLOCATE, third, 300, 1, false);
            assertEquals(first, trace.endedBlock());
            assertTrue(trace.next());
            assertEquals(1500, trace.micros());
            expectEnd(trace, second, 5);
            expectEnd(trace, third, 0);
            assertFalse(trace.next());
            assertEquals(3, trace.blocks());
        }
    }

    private static void expectBlock(
            TraceReader trace, TraceOperation operation, int block, long byteSize, long byteAlignment, boolean zeroed)
            throws IOException {
        assertTrue(trace.next());
        assertEquals(operation, trace.operation());
        assertEquals(block, trace.block());
        assertEquals(byteSize, trace.byteSize());
        assertEquals(byteAlignment, trace.byteAlignment());
        assertEquals(zeroed, trace.isZeroed());
    }

    private static void expectEnd(TraceReader trace, int block, int thread) throws IOException {
        assertTrue(trace.next());
        assertEquals(TraceOperation.FREE, trace.operation());
        assertEquals(block, trace.endedBlock());
        assertEquals(thread, trace.thread());
    }

    @Test
    void shouldRefuseWhatIsCutOffAnywhere() throws IOException {
        int header = text.bytes().length;
        text.reallocate(text.allocate(0, 5000, 4, true), 70_000);
        byte[] whole = text.bytes();
        int readable = 0;
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            if (length < header) {
                assertThrows(TraceFormatException.class, () -> reader(part).close(), "header of " + length);
            } else if (isReadable(part)) {
                readable++;
            }
        }
        assertEquals(2, readable, "only whole events: none, and the first");
    }

    private boolean isReadable(byte[] bytes) throws IOException {
        try (TraceReader trace = reader(bytes)) {
            while (trace.next()) {
                assertTrue(trace.blocks() <= 2);
            }
            return true;
        } catch (TraceFormatException e) {
            return false;
        }
    }

    @Test
    void shouldRefuseForeignAndNewerFiles(@TempDir Path folder) throws IOException {
        Path plain = Files.writeString(folder.resolve("plain.mtrc.gz"), "not compressed at all");
        String message = assertThrows(
                        TraceFormatException.class,
                        () -> TraceReader.open(plain).close())
                .getMessage();
        assertTrue(String.valueOf(message).startsWith(plain + ": not a trace"), message);
        byte[] newer = text.bytes();
        newer[4] = 2;
        message = assertThrows(TraceFormatException.class, () -> reader(newer).close())
                .getMessage();
        assertEquals("test: trace of version 2 (expected: 1)", message);
    }

    @Test
    void shouldRefuseBlocksThatNeverWere() throws IOException {
        int block = text.allocate(10);
        text.free(0, block).free(0, block - 1);
        try (TraceReader trace = reader(text.bytes())) {
            assertTrue(trace.next());
            assertTrue(trace.next());
            assertThrows(TraceFormatException.class, trace::next);
        }
    }

    @Test
    void shouldRefuseThreadsThatAreNotDense() throws IOException {
        for (long thread : new long[] {2000, 500_000_000, Integer.MAX_VALUE, (1L << 32) - 1, 1L << 40}) {
            TraceText sparse = new TraceText();
            sparse.allocate(10);
            sparse.allocate(thread, 10, 0, false);
            try (TraceReader trace = reader(sparse.bytes())) {
                assertTrue(trace.next());
                assertEquals(
                        "test: the trace is damaged: thread " + thread + " after 1 events (record it again)",
                        assertThrows(TraceFormatException.class, trace::next).getMessage());
            }
        }
    }

    @Test
    void shouldNameTheFileOfABlockThatEndsTwice(@TempDir Path folder) {
        int block = text.allocate(10);
        Path file = text.free(0, block).free(0, block).writeTo(folder.resolve("a.mtrc.gz"));
        String message = assertThrows(TraceFormatException.class, () -> TraceCompiler.compile(file))
                .getMessage();
        assertEquals(file + ": block 0 ends twice (record it again)", message);
    }

    @Test
    void shouldRefuseSizesThatNoProcessHasAddressesFor() throws IOException {
        text.allocate(1L << 57);
        text.reallocate(0, 1L << 58);
        try (TraceReader trace = reader(text.bytes())) {
            assertTrue(trace.next());
            assertEquals(
                    "test: the trace is damaged: a block of " + (1L << 58) + " bytes (record it again)",
                    assertThrows(TraceFormatException.class, trace::next).getMessage());
        }
        TraceText many = new TraceText();
        for (int i = 0; i < 64; i++) {
            many.allocate(1L << 57);
        }
        assertThrows(RuntimeException.class, many::program);
    }

    @Test
    void shouldRefuseATraceOfFreesAlone() throws IOException {
        try (TraceReader trace = reader(new TraceText().free(0, -1).bytes())) {
            assertThrows(TraceFormatException.class, trace::next);
        }
    }
}
