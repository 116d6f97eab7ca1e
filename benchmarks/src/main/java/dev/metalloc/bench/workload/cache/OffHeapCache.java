// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.workload.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.caffinitas.ohc.CacheSerializer;
import org.caffinitas.ohc.Eviction;
import org.caffinitas.ohc.OHCache;
import org.caffinitas.ohc.OHCacheBuilder;
import org.jspecify.annotations.Nullable;

/**
 * An OHC cache of byte arrays by number, each entry one block of {@code sun.misc.Unsafe}.
 *
 * <p>Any thread may call it. It knows its exact number of allocations: one table per segment and one block per put. A
 * lookup allocates nothing off-heap.
 */
public final class OffHeapCache implements ByteCache {

    private static final int SEGMENT_COUNT = 16;

    private final OHCache<Long, byte[]> cache;
    private final LongAdder putCount = new LongAdder();

    /** @param entryCount entries expected at most, so that no table ever has to grow */
    public OffHeapCache(long capacityBytes, long entryCount) {
        // Read once, when the library's first class is initialised.
        System.setProperty("org.caffinitas.ohc.allocator", "unsafe");
        cache = OHCacheBuilder.<Long, byte[]>newBuilder()
                .keySerializer(new NumberSerializer())
                .valueSerializer(new BytesSerializer())
                .segmentCount(SEGMENT_COUNT)
                .hashTableSize(tableSize(entryCount))
                .capacity(capacityBytes)
                .eviction(Eviction.LRU)
                .throwOOME(true)
                .build();
    }

    @Override
    public byte @Nullable [] value(long key) {
        return cache.get(key);
    }

    @Override
    public void put(long key, byte[] value) {
        putCount.increment();
        if (!cache.put(key, value)) {
            throw new IllegalStateException("the cache refused an entry of " + value.length + " bytes");
        }
    }

    @Override
    public Map<String, Long> allocations() {
        return Map.of("UNSAFE", allocationCount());
    }

    public long allocationCount() {
        return SEGMENT_COUNT + putCount.sum();
    }

    @Override
    public void close() throws IOException {
        cache.close();
    }

    private static int tableSize(long entryCount) {
        return Math.max(256, Integer.highestOneBit(Math.toIntExact(entryCount / SEGMENT_COUNT)) * 4);
    }

    private static final class NumberSerializer implements CacheSerializer<Long> {
        @Override
        public void serialize(Long value, ByteBuffer buffer) {
            buffer.putLong(value);
        }

        @Override
        public Long deserialize(ByteBuffer buffer) {
            return buffer.getLong();
        }

        @Override
        public int serializedSize(Long value) {
            return Long.BYTES;
        }
    }

    private static final class BytesSerializer implements CacheSerializer<byte[]> {
        @Override
        public void serialize(byte[] value, ByteBuffer buffer) {
            buffer.putInt(value.length).put(value);
        }

        @Override
        public byte[] deserialize(ByteBuffer buffer) {
            byte[] value = new byte[buffer.getInt()];
            buffer.get(value);
            return value;
        }

        @Override
        public int serializedSize(byte[] value) {
            return Integer.BYTES + value.length;
        }
    }
}
