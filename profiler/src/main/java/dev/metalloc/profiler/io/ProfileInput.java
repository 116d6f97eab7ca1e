// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.io;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.HdrHistogram.Histogram;

/** Bytes being read that nobody vouches for: every length is checked against what is left; confined to one thread. */
final class ProfileInput {
    private final ByteBuffer rest;
    private final String[] strings;
    private final MemoryBudget budget;

    ProfileInput(ByteBuffer content, String[] strings, MemoryBudget budget) {
        this.rest = content;
        this.strings = strings;
        this.budget = budget;
    }

    boolean isAtEnd() {
        return !rest.hasRemaining();
    }

    long int64() throws ProfileFormatException {
        require(Long.BYTES);
        return rest.getLong();
    }

    int int32() throws ProfileFormatException {
        require(Integer.BYTES);
        return rest.getInt();
    }

    /** A number that is not negative. */
    long varint() throws ProfileFormatException {
        long value = rawVarint();
        if (value < 0) {
            throw damaged("a count is negative");
        }
        return value;
    }

    long zigzag() throws ProfileFormatException {
        long value = rawVarint();
        return (value >>> 1) ^ -(value & 1);
    }

    /** A number of things that take at least so many bytes each, so that no more are made room for than there are. */
    int count(int leastBytesEach) throws ProfileFormatException {
        long count = varint();
        if (count > rest.remaining() / leastBytesEach) {
            throw damaged("a count is larger than what follows");
        }
        return (int) count;
    }

    /** The number of elements of a list, which are made room for. */
    int elements(int leastBytesEach) throws ProfileFormatException {
        int count = count(leastBytesEach);
        budget.takeElements(count);
        return count;
    }

    int int32Varint() throws ProfileFormatException {
        long value = varint();
        if (value > Integer.MAX_VALUE) {
            throw damaged("a number is too large");
        }
        return (int) value;
    }

    String string() throws ProfileFormatException {
        long number = varint();
        if (number >= strings.length) {
            throw damaged("a string is missing");
        }
        return strings[(int) number];
    }

    String stringContent() throws ProfileFormatException {
        int byteSize = count(1);
        budget.takeString(byteSize);
        byte[] bytes = new byte[byteSize];
        rest.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    <E extends Enum<E>> E constant(Class<E> type) throws ProfileFormatException {
        String name = string();
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(name)) {
                return constant;
            }
        }
        throw damaged("no " + type.getSimpleName() + " has the name " + printable(name));
    }

    Histogram histogram() throws ProfileFormatException {
        ByteBuffer encoded = slice(count(1));
        budget.take(encoded);
        try { // the decoder answers nonsense with whatever its arrays throw
            Histogram histogram = Histogram.decodeFromByteBuffer(encoded, 0);
            histogram.setAutoResize(true);
            return histogram;
        } catch (RuntimeException e) {
            throw damaged("a histogram cannot be decoded");
        }
    }

    ByteBuffer slice(int length) throws ProfileFormatException {
        require(length);
        ByteBuffer slice = rest.slice(rest.position(), length);
        rest.position(rest.position() + length);
        return slice;
    }

    static ProfileFormatException damaged(String what) {
        return new ProfileFormatException("damaged profile: " + what);
    }

    private long rawVarint() throws ProfileFormatException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            require(1);
            byte octet = rest.get();
            value |= (octet & 0x7FL) << shift;
            if (octet >= 0) {
                return value;
            }
        }
        throw damaged("a number is too long");
    }

    private void require(int bytes) throws ProfileFormatException {
        if (bytes < 0 || rest.remaining() < bytes) {
            throw damaged("a section ends too early");
        }
    }

    private static String printable(String name) {
        String shortened = name.length() > 40 ? name.substring(0, 40) : name;
        return "'" + shortened.replaceAll("[^A-Za-z0-9_]", "?") + "' (written by a newer Metalloc?)";
    }
}
