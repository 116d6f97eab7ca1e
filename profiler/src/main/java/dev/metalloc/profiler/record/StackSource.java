// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/** Where the stack of the current thread comes from; any thread. */
public interface StackSource {
    /** Adds the current thread's frames, innermost first, until the buffer wants no more. Must not throw. */
    void walk(FrameBuffer into);
}
