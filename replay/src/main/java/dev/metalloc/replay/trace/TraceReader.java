// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.trace;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads a trace event by event: a cursor, so that a trace of any length takes the same memory.
 *
 * <p>Confined. Lifetime: until {@link #close()}, which closes the file. What an accessor answers belongs to the event that
 * {@link #next()} read last, and is undefined where that kind of event has no such thing.
 */
/* Implementation notes
 *
 * A gzip stream of
 *   header  "MTRC", version byte, varint count, count x (key, value), each a varint length and UTF-8
 *   event   varint head (operation = head & 3, thread = head >> 2), then
 *     allocate    varint byteSize, byte: bits 0-6 log2 of the alignment (0 = none asked), bit 7 = zeroed
 *     free        varint distance of the block from the next id
 *     reallocate  varint distance, varint byteSize; the result has the next id
 *     time        varint microseconds since the previous time event
 */
public final class TraceReader implements Closeable {

    private static final int VERSION = 1;
    private static final byte[] MAGIC = "MTRC".getBytes(StandardCharsets.US_ASCII);
    private static final TraceOperation[] OPERATIONS = TraceOperation.values();
    private static final int MOST_TEXT_BYTES = 1 << 16;
    /** With the texts' limit this keeps a header within 16 MiB. */
    private static final int MOST_PROPERTIES = 64;

    private static final int LARGEST_ALIGNMENT_LOG2 = 62;
    /** A process has no more addresses than that on any machine there is. */
    private static final long LARGEST_BYTES = 1L << 57;
    /** Each thread has an event, and threads come about in the order of their numbers: no trace that was recorded is out of it by more. */
    private static final long MOST_THREADS_AHEAD = 1024;

    private static final long MOST_THREADS = 1 << 30;

    private final String name;
    private final InputStream in;
    private final Map<String, String> properties;

    private TraceOperation operation = TraceOperation.TIME;
    private int thread;
    private long eventCount;
    private long byteSize;
    private long byteAlignment;
    private boolean zeroed;
    private int blocks;
    private int block;
    private int endedBlock;
    private long micros;

    /** Reads a trace from bytes that are no longer compressed; the name is for messages. */
    TraceReader(String name, InputStream in) throws IOException {
        this.name = name;
        this.in = in;
        this.properties = readHeader();
    }

    /**
     * Opens a trace and reads its header.
     *
     * @throws TraceFormatException where the file is no trace, or one of a version that is not known
     */
    public static TraceReader open(Path path) throws IOException {
        InputStream file = Files.newInputStream(path);
        try {
            return new TraceReader(
                    path.toString(), new BufferedInputStream(new GZIPInputStream(file, 1 << 16), 1 << 16));
        } catch (ZipException | EOFException e) {
            file.close();
            throw new TraceFormatException(path + ": not a trace (expected: gzip, as recorded)", e);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private Map<String, String> readHeader() throws IOException {
        byte[] magic = in.readNBytes(MAGIC.length);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new TraceFormatException(name + ": not a trace (expected: it starts with MTRC)");
        }
        int version = in.read();
        if (version != VERSION) {
            throw new TraceFormatException(name + ": trace of version " + version + " (expected: " + VERSION + ")");
        }
        Map<String, String> read = new LinkedHashMap<>();
        long count = varint();
        if (count > MOST_PROPERTIES) {
            throw broken(count + " properties (expected: at most " + MOST_PROPERTIES + ")");
        }
        for (long left = count; left > 0; left--) {
            String key = text();
            read.put(key, text());
        }
        return Collections.unmodifiableMap(read);
    }

    private String text() throws IOException {
        long length = varint();
        if (length > MOST_TEXT_BYTES) {
            throw broken("a text of " + length + " bytes");
        }
        byte[] bytes = in.readNBytes((int) length);
        if (bytes.length != length) {
            throw truncated();
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** For messages. */
    String name() {
        return name;
    }

    /** What the recorder wrote about the program: keys and values in the file's order. */
    public Map<String, String> properties() {
        return properties;
    }

    /**
     * Reads the next event; false at the end.
     *
     * @throws TraceFormatException where the file is cut off or contradicts itself
     */
    public boolean next() throws IOException {
        int first = read();
        if (first < 0) {
            return false;
        }
        long head = varint(first);
        operation = OPERATIONS[(int) (head & 3)];
        if (operation != TraceOperation.TIME) {
            thread = numberOfThread(head >>> 2);
            eventCount++;
        }
        switch (operation) {
            case ALLOCATE -> readAllocate();
            case FREE -> endedBlock = earlierBlock();
            case REALLOCATE -> readReallocate();
            case TIME -> micros += varint();
        }
        return true;
    }

    private int numberOfThread(long number) throws IOException {
        if (number > Math.min(eventCount + MOST_THREADS_AHEAD, MOST_THREADS)) {
            throw broken("thread " + number + " after " + eventCount + " events");
        }
        return (int) number;
    }

    private void readAllocate() throws IOException {
        byteSize = readByteSize();
        int attributes = read();
        if (attributes < 0) {
            throw truncated();
        }
        int log2 = attributes & 0x7f;
        if (log2 > LARGEST_ALIGNMENT_LOG2) {
            throw broken("an alignment of 2^" + log2);
        }
        byteAlignment = 1L << log2;
        zeroed = (attributes & 0x80) != 0;
        block = blocks++;
    }

    private void readReallocate() throws IOException {
        endedBlock = earlierBlock();
        byteSize = readByteSize();
        byteAlignment = 1;
        zeroed = false;
        block = blocks++;
    }

    private long readByteSize() throws IOException {
        long read = varint();
        if (read > LARGEST_BYTES) {
            throw broken("a block of " + read + " bytes");
        }
        return read;
    }

    private int earlierBlock() throws IOException {
        long distance = varint();
        if (distance < 1 || distance > blocks) {
            throw broken("a block " + distance + " before the next of " + blocks);
        }
        return (int) (blocks - distance);
    }

    private long varint() throws IOException {
        int first = read();
        if (first < 0) {
            throw truncated();
        }
        return varint(first);
    }

    private long varint(int first) throws IOException {
        long value = first & 0x7f;
        int last = first;
        for (int shift = 7; (last & 0x80) != 0; shift += 7) {
            last = read();
            if (last < 0) {
                throw truncated();
            }
            if (shift > 56) {
                throw broken("a number of more than 63 bits");
            }
            value |= (long) (last & 0x7f) << shift;
        }
        return value;
    }

    private int read() throws IOException {
        try {
            return in.read();
        } catch (EOFException | ZipException e) {
            throw new TraceFormatException(name + ": the trace is cut off or damaged (record it again)", e);
        }
    }

    private TraceFormatException truncated() {
        return new TraceFormatException(name + ": the trace is cut off (record it again)");
    }

    private TraceFormatException broken(String what) {
        return new TraceFormatException(name + ": the trace is damaged: " + what + " (record it again)");
    }

    public TraceOperation operation() {
        return operation;
    }

    /** The thread of the event, counted from 0 in the order of their first events; undefined for time. */
    public int thread() {
        return thread;
    }

    /** Requested bytes of the block that starts. */
    public long byteSize() {
        return byteSize;
    }

    /** Requested alignment of the block that starts; 1 where none was asked for. */
    public long byteAlignment() {
        return byteAlignment;
    }

    public boolean isZeroed() {
        return zeroed;
    }

    /** The id of the block that starts with an allocate or reallocate; ids count from 0. */
    public int block() {
        return block;
    }

    /** The id of the block that ends with a free or reallocate. */
    public int endedBlock() {
        return endedBlock;
    }

    /** Blocks started so far. */
    public int blocks() {
        return blocks;
    }

    /** Microseconds since the recording started, as of the last time event. */
    public long micros() {
        return micros;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
