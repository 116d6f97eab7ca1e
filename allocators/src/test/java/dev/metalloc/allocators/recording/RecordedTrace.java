// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.recording;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** A trace read whole, straight from the description of the format and not with the writer's help. */
final class RecordedTrace {

    /**
     * One event.
     *
     * @param operation 0 allocate, 1 free, 2 reallocate, 3 time
     * @param id of the block that ends, -1 for others
     * @param number byteSize, or microseconds
     * @param flags the last byte of an allocation
     */
    record Event(int operation, long thread, long id, long number, int flags) {}

    final Map<String, String> properties = new LinkedHashMap<>();
    final List<Event> events = new ArrayList<>();
    private final InputStream in;

    RecordedTrace(byte[] file) throws IOException {
        in = new GZIPInputStream(new ByteArrayInputStream(file));
        String magic = new String(in.readNBytes(4), StandardCharsets.US_ASCII);
        int version = in.read();
        if (!magic.equals("MTRC") || version != 1) {
            throw new IOException("header: " + magic + " " + version);
        }
        for (long left = varint(required()); left > 0; left--) {
            properties.put(text(), text());
        }
        long nextId = 0;
        for (int first = in.read(); first >= 0; first = in.read()) {
            long head = varint(first);
            Event event = event((int) (head & 3), head >>> 2, nextId);
            nextId += event.operation() == 0 || event.operation() == 2 ? 1 : 0;
            events.add(event);
        }
    }

    private Event event(int operation, long thread, long nextId) throws IOException {
        return switch (operation) {
            case 0 -> new Event(0, thread, -1, varint(required()), required());
            case 1 -> new Event(1, thread, nextId - varint(required()), 0, 0);
            case 2 -> new Event(2, thread, nextId - varint(required()), varint(required()), 0);
            default -> new Event(3, thread, -1, varint(required()), 0);
        };
    }

    private String text() throws IOException {
        return new String(in.readNBytes((int) varint(required())), StandardCharsets.UTF_8);
    }

    private int required() throws IOException {
        int read = in.read();
        if (read < 0) {
            throw new EOFException("trace ends inside an event");
        }
        return read;
    }

    private long varint(int first) throws IOException {
        long value = first & 0x7F;
        int read = first;
        for (int shift = 7; read >= 0x80; shift += 7) {
            read = required();
            value |= (read & 0x7FL) << shift;
        }
        return value;
    }
}
