// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.workload;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers and contents that look random and are the same in every run. Stateless: any thread may call it. */
public final class RandomText {

    private static final String[] WORDS = {
        "allocator", "region", "slab", "buddy", "chunk", "arena", "segment", "profile", "policy", "kernel", "page",
        "cache", "thread", "carrier", "queue", "buffer", "stream", "record", "index", "commit", "engine", "session"
    };

    private RandomText() {}

    /** A well mixed 64-bit number for a key (the finaliser of SplitMix64). */
    public static long mix(long key) {
        long z = key + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** A number in {@code least..most} for a key. */
    public static int between(long key, int least, int most) {
        return least + (int) Long.remainderUnsigned(mix(key), most - least + 1L);
    }

    /** Bytes that do not compress, for a key. */
    public static byte[] bytes(long key, int length) {
        byte[] bytes = new byte[length];
        ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long state = mix(key);
        while (words.remaining() >= Long.BYTES) {
            state += 0x9e3779b97f4a7c15L;
            words.putLong(state ^ (state >>> 29));
        }
        while (words.hasRemaining()) {
            words.put((byte) state);
        }
        return bytes;
    }

    /** Words of prose, which do compress, at least {@code length} characters cut to exactly that many. */
    public static String prose(long key, int length) {
        StringBuilder prose = new StringBuilder(length + 16);
        for (long word = key; prose.length() < length; word++) {
            prose.append(WORDS[between(word, 0, WORDS.length - 1)]).append(' ');
        }
        prose.setLength(length);
        return prose.toString();
    }
}
