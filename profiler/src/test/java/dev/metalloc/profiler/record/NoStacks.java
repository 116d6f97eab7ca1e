// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/** No frames at all: for tests that are not about sites. */
public final class NoStacks implements StackSource {
    @Override
    public void walk(FrameBuffer into) {}
}
