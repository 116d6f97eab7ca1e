// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.recording;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.metalloc.allocators.recording.RecordedTrace.Event;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class TraceWriterTest {

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();

    @Test
    void shouldWriteTheBytesOfTheFormat() throws IOException {
        try (TraceWriter writer = new TraceWriter(file, Map.of("a", "é"))) {
            assertEquals(0, writer.allocate(0, 300, 64, true));
            assertEquals(1, writer.allocate(40, 5, 0, false));
            writer.free(1, 0);
            assertEquals(2, writer.reallocate(0, 1, 128));
            writer.time(1000);
        }
        byte[] expected = {
            'M',
            'T',
            'R',
            'C',
            1,
            1,
            1,
            'a',
            2,
            (byte) 0xC3,
            (byte) 0xA9, //
            0,
            (byte) 0xAC,
            2,
            (byte) 0x86, // 300 bytes, 2^6, zeroed
            (byte) 0xA0,
            1,
            5,
            0, // thread 40: a head of two bytes
            5,
            2, // free of the first of two
            2,
            1,
            (byte) 0x80,
            1, // reallocation of the last
            3,
            (byte) 0xE8,
            7
        };
        byte[] written = new GZIPInputStream(new ByteArrayInputStream(file.toByteArray())).readAllBytes();
        assertArrayEquals(expected, written);
    }

    @Test
    void shouldWriteMoreThanItsBufferHolds() throws IOException {
        try (TraceWriter writer = new TraceWriter(file, Map.of("key", "x".repeat(200_000)))) {
            for (int i = 0; i < 200_000; i++) {
                long id = writer.allocate(i % 3, Long.MAX_VALUE - i, 1L << 62, false);
                writer.free(Integer.MAX_VALUE, id);
            }
        }
        RecordedTrace trace = new RecordedTrace(file.toByteArray());
        assertEquals(400_000, trace.events.size());
        assertEquals(new Event(0, 1, -1, Long.MAX_VALUE - 199_999, 62), trace.events.get(399_998));
        assertEquals(new Event(1, Integer.MAX_VALUE, 199_999, 0, 0), trace.events.get(399_999));
        assertEquals(200_000, trace.properties.getOrDefault("key", "").length());
    }

    @Test
    void shouldSayAtTheEndThatTheStreamRefused() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("disk full");
            }
        };
        TraceWriter writer = new TraceWriter(full, Map.of());
        for (int i = 0; i < 100_000; i++) {
            writer.free(0, writer.allocate(0, i, 0, false));
        }
        IOException e = assertThrows(IOException.class, writer::close);
        assertEquals("trace not written whole: disk full", e.getMessage());
    }

    @Test
    void shouldCloseItsStream() throws IOException {
        List<String> calls = new ArrayList<>();
        OutputStream out = new OutputStream() {
            @Override
            public void write(int b) {}

            @Override
            public void close() {
                calls.add("close");
            }
        };
        new TraceWriter(out, Map.of()).close();
        assertEquals("close", calls.getFirst());
    }
}
