// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.trace;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Writes traces for tests. */
public final class TraceText {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int blocks;

    public TraceText() {
        bytes.writeBytes("MTRC".getBytes(StandardCharsets.US_ASCII));
        bytes.write(1);
        varint(1);
        text("program");
        text("tést");
    }

    private void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        varint(utf8.length);
        bytes.writeBytes(utf8);
    }

    private void varint(long value) {
        long left = value;
        for (; left > 0x7f; left >>>= 7) {
            bytes.write((int) ((left & 0x7f) | 0x80));
        }
        bytes.write((int) left);
    }

    /** Returns the block's id. */
    public int allocate(long thread, long byteSize, int alignmentLog2, boolean zeroed) {
        varint(thread << 2);
        varint(byteSize);
        bytes.write(alignmentLog2 | (zeroed ? 0x80 : 0));
        return blocks++;
    }

    public int allocate(long byteSize) {
        return allocate(0, byteSize, 0, false);
    }

    public TraceText free(int thread, int block) {
        varint(((long) thread << 2) | 1);
        varint(blocks - block);
        return this;
    }

    public int reallocate(int block, long byteSize) {
        varint(2);
        varint(blocks - block);
        varint(byteSize);
        return blocks++;
    }

    public TraceText time(long micros) {
        varint(3);
        varint(micros);
        return this;
    }

    /** What was written so far, ready to be replayed. */
    public TraceProgram program() {
        try (TraceReader trace = new TraceReader("test", new ByteArrayInputStream(bytes()))) {
            return TraceCompiler.compile("test", trace);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public byte[] bytes() {
        return bytes.toByteArray();
    }

    public Path writeTo(Path file) {
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(bytes());
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
