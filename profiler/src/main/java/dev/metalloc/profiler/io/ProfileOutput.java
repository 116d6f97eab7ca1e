// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.io;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.HdrHistogram.Histogram;

/** Bytes being written, growing as needed; confined to one thread. */
final class ProfileOutput {
    private final StringTable strings;
    private byte[] content = new byte[1024];
    private int size;

    ProfileOutput(StringTable strings) {
        this.strings = strings;
    }

    int size() {
        return size;
    }

    byte[] toBytes() {
        return Arrays.copyOf(content, size);
    }

    /** Content without a copy; the array may be longer than {@link #size()}. */
    byte[] content() {
        return content;
    }

    void int32(int value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            octet(value >>> shift);
        }
    }

    void int64(long value) {
        int32((int) (value >>> 32));
        int32((int) value);
    }

    void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            octet(((int) rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        octet((int) rest);
    }

    /** For numbers that may be negative. */
    void zigzag(long value) {
        varint((value << 1) ^ (value >> 63));
    }

    void string(String text) {
        varint(strings.number(text));
    }

    void histogram(Histogram histogram) {
        ByteBuffer encoded = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoByteBuffer(encoded);
        varint(length);
        bytes(encoded.array(), length);
    }

    void bytes(byte[] source, int length) {
        ensure(length);
        System.arraycopy(source, 0, content, size, length);
        size += length;
    }

    private void octet(int value) {
        ensure(1);
        content[size++] = (byte) value;
    }

    private void ensure(int added) {
        if (content.length - size < added) {
            content = Arrays.copyOf(content, Math.max(size + added, 2 * content.length));
        }
    }
}
