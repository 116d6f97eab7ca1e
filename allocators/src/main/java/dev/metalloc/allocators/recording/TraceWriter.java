// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.recording;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the events of a trace, format version 1, to a stream as gzip.
 *
 * <p>Confined: its caller takes turns. Memory does not grow with the trace. Nothing throws but {@link #close()}: where
 * the stream refuses, the rest of the trace is dropped and the first failure kept until then.
 */
public final class TraceWriter implements Closeable {

    private static final byte[] MAGIC = {'M', 'T', 'R', 'C'};
    private static final int VERSION = 1;

    private static final int ALLOCATE = 0;
    private static final int FREE = 1;
    private static final int REALLOCATE = 2;
    private static final int TIME = 3;
    private static final int ZEROED = 0x80;

    private static final int BUFFER_BYTES = 64 << 10;
    /** An event is three numbers of at most ten bytes, and one byte. */
    private static final int MOST_EVENT_BYTES = 32;

    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final OutputStream out;
    private int filled;
    private int eventStart;
    private long nextId;
    private OutputStream sink = OutputStream.nullOutputStream();
    private @Nullable IOException failure;

    /**
     * Writes the header.
     *
     * @param out closed by {@link #close()}
     * @param properties what the reader is to know of the recorded program
     */
    public TraceWriter(OutputStream out, Map<String, String> properties) {
        this(out, properties, true);
    }

    private TraceWriter(OutputStream out, Map<String, String> properties, boolean compress) {
        this.out = out;
        try {
            sink = compress ? new GZIPOutputStream(out, BUFFER_BYTES) : out;
            sink.write(MAGIC);
            sink.write(VERSION);
        } catch (IOException e) {
            fail(e);
        }
        varint(properties.size());
        for (Map.Entry<String, String> property : new TreeMap<>(properties).entrySet()) {
            text(property.getKey());
            text(property.getValue());
        }
    }

    /** A writer whose stream is compressed behind it, by another thread say. */
    public static TraceWriter uncompressed(OutputStream out, Map<String, String> properties) {
        return new TraceWriter(out, properties, false);
    }

    /**
     * Notes a block handed out.
     *
     * @param thread the caller's number; numbers are dense from 0
     * @param byteAlignment the power of two asked for, 0 where none was
     * @return the block's id
     */
    public long allocate(int thread, long byteSize, long byteAlignment, boolean zeroed) {
        head(ALLOCATE, thread);
        varint(byteSize);
        int log2 = byteAlignment <= 1 ? 0 : Long.numberOfTrailingZeros(byteAlignment);
        buffer[filled++] = (byte) (log2 | (zeroed ? ZEROED : 0));
        return nextId++;
    }

    /** Notes that a block is about to be freed. */
    public void free(int thread, long id) {
        head(FREE, thread);
        varint(nextId - id);
    }

    /** Notes a block resized; returns the id of the result, with which the old one ends. */
    public long reallocate(int thread, long id, long byteSize) {
        head(REALLOCATE, thread);
        varint(nextId - id);
        varint(byteSize);
        return nextId++;
    }

    /** Notes that time went by since the last such event. */
    public void time(long micros) {
        head(TIME, 0);
        varint(micros);
    }

    /** Takes back the event whose writing ended in an error: a part of one would garble all that follows. */
    public void dropPart() {
        filled = eventStart;
    }

    private void head(int operation, int thread) {
        if (filled > BUFFER_BYTES - MOST_EVENT_BYTES) {
            drain();
        }
        eventStart = filled;
        varint((long) thread << 2 | operation);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            buffer[filled++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[filled++] = (byte) rest;
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        varint(bytes.length);
        drain();
        try {
            sink.write(bytes);
        } catch (IOException e) {
            fail(e);
        }
    }

    private void drain() {
        try {
            sink.write(buffer, 0, filled);
        } catch (IOException e) {
            fail(e);
        }
        filled = 0;
    }

    private void fail(IOException e) {
        if (failure == null) {
            failure = e;
            sink = OutputStream.nullOutputStream();
        }
    }

    /**
     * Ends the trace and closes the stream.
     *
     * @throws IOException where the stream refused any part of the trace, which is then not whole
     */
    @Override
    public void close() throws IOException {
        drain();
        try {
            sink.close();
        } catch (IOException e) {
            fail(e);
        }
        out.close();
        if (failure != null) {
            throw new IOException("trace not written whole: " + failure.getMessage(), failure);
        }
    }
}
