// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.FrameStack;
import dev.metalloc.agent.runtime.FrameStacks;
import java.lang.foreign.Arena;
import jdk.internal.vm.annotation.ForceInline;
import jdk.internal.vm.annotation.Hidden;

/** A confined arena of a virtual thread: the stack that its frame is on is lent to it alone. */
final class MetallocLentFrameArena extends MetallocFrameArena {

    private final FrameStacks lender;

    MetallocLentFrameArena(Arena arena, FrameStack stack, int frame, FrameStacks lender) {
        super(arena, stack, frame, lender.maxBlockByteSize());
        this.lender = lender;
    }

    @Override
    @ForceInline
    @Hidden
    void endFrame() {
        super.endFrame();
        lender.takeBack(stack);
    }
}
