// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.workload.cache;

import java.nio.ByteBuffer;
import java.util.Map;
import org.infinispan.Cache;
import org.infinispan.commons.dataconversion.MediaType;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.cache.StorageType;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.infinispan.eviction.EvictionStrategy;
import org.infinispan.manager.DefaultCacheManager;
import org.jspecify.annotations.Nullable;

/**
 * A local Infinispan cache with off-heap storage, each entry one block of malloc, called through the foreign linker.
 *
 * <p>Any thread may call it. Of its allocations it knows no exact number: beside a block per put there is a dozen of tables, by how they grew.
 */
public final class InfinispanCache implements ByteCache {

    private static final String NAME = "bytes";

    private final DefaultCacheManager manager;
    private final Cache<byte[], byte[]> cache;

    /** @param capacityBytes of entries, as Infinispan estimates them, before the least recently used are evicted */
    public InfinispanCache(long capacityBytes) {
        manager = new DefaultCacheManager(
                new GlobalConfigurationBuilder().nonClusteredDefault().build());
        ConfigurationBuilder configuration = new ConfigurationBuilder();
        configuration.encoding().mediaType(MediaType.APPLICATION_OCTET_STREAM_TYPE);
        configuration
                .memory()
                .storage(StorageType.OFF_HEAP)
                .maxSize(Long.toString(capacityBytes))
                .whenFull(EvictionStrategy.REMOVE);
        manager.defineConfiguration(NAME, configuration.build());
        cache = manager.getCache(NAME);
    }

    @Override
    public byte @Nullable [] value(long key) {
        return cache.get(bytes(key));
    }

    @Override
    public void put(long key, byte[] value) {
        cache.put(bytes(key), value);
    }

    @Override
    public Map<String, Long> allocations() {
        return Map.of();
    }

    @Override
    public void close() {
        manager.stop();
    }

    private static byte[] bytes(long key) {
        return ByteBuffer.allocate(Long.BYTES).putLong(key).array();
    }
}
