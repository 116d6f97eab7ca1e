// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Which subject this JVM measures: one, chosen before the first block is asked for, so that it can be a constant.
 *
 * <p>Any thread; for the life of the JVM. JMH's forks make it one JVM for each subject.
 */
final class Selection {

    private static final AtomicReference<@Nullable String> NAME = new AtomicReference<>();

    private Selection() {}

    /**
     * Room for blocks of the subject named.
     *
     * @throws IllegalStateException where another subject was chosen before
     */
    static Blocks blocks(String name, int count) {
        if (!NAME.compareAndSet(null, name) && !name.equals(NAME.get())) {
            throw new IllegalStateException(
                    "subject: " + name + " after " + NAME.get() + " in one JVM (run each in a fork of its own: -f 1)");
        }
        if (name.equals(Subjects.DIRECT)) {
            return new DirectBlocks(count);
        }
        return Subjects.isBuffered(name) ? new BufferBlocks(count) : new AddressBlocks(count);
    }

    static Subject addressSubject() {
        return Subjects.addressSubject(chosen());
    }

    static ByteBufAllocator bufferAllocator() {
        return Subjects.bufferAllocator(chosen());
    }

    private static String chosen() {
        String name = NAME.get();
        if (name == null) {
            throw new IllegalStateException("no subject chosen");
        }
        return name;
    }
}
