// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.recording;

import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/** Numbers threads from 0 in the order in which they first appear; holds none of them. Confined. */
final class ThreadNumbers {

    private final Map<Thread, Integer> numbers = new WeakHashMap<>();
    private int nextNumber;

    int of(Thread thread) {
        @Nullable Integer known = numbers.get(thread);
        if (known != null) {
            return known;
        }
        numbers.put(thread, nextNumber);
        return nextNumber++;
    }
}
