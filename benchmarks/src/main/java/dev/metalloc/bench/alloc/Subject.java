// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

/**
 * An allocator under measurement whose blocks are addresses.
 *
 * <p>Implementations are records and are reached from a static final field, so that the JIT takes what they hold for constants:
 * no subject pays for a dispatch that another does not pay for.
 */
interface Subject {

    /** A block's address, or 0 where there is none. */
    long allocate(long byteSize);

    void free(long address);
}
