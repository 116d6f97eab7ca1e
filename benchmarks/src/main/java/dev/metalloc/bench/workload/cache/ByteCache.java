// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.workload.cache;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Byte arrays by number, kept off the heap by some library until it evicts them. Any thread. */
public interface ByteCache extends AutoCloseable {

    /** A copy of what is kept under the key, or null. */
    byte @Nullable [] value(long key);

    void put(long key, byte[] value);

    /** Off-heap allocations so far, by entry point, where the number is known. */
    Map<String, Long> allocations();

    @Override
    void close() throws IOException;
}
