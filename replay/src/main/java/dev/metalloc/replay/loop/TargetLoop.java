// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.loop;

import dev.metalloc.replay.timing.Subject;
import dev.metalloc.replay.timing.SubjectLoader;
import dev.metalloc.replay.trace.RunLoop;
import dev.metalloc.replay.trace.TraceProgram;

/**
 * The loop that is timed, the same bytes for every subject: each has a copy of this class, so that the compiler sees one
 * allocator and one program's branches in it, and binds every call.
 *
 * <p>One thread at a time. Lifetime: the allocator's, which lives as long as the class and keeps its memory from one pass to the
 * next.
 */
public final class TargetLoop implements RunLoop {

    private static final ReplayTarget TARGET = open();

    private final int[] steps;
    private final long[] requests;
    private final long[] addresses;

    public TargetLoop(TraceProgram program) {
        steps = program.steps();
        requests = program.requests();
        addresses = new long[program.slotCount()];
        TARGET.prepare(program);
    }

    private static ReplayTarget open() {
        if (TargetLoop.class.getClassLoader() instanceof SubjectLoader loader) {
            return open(loader.subject());
        }
        throw new IllegalStateException("loop: not loaded for a subject");
    }

    private static ReplayTarget open(Subject subject) {
        if (!subject.isPeer()) {
            return AllocatorTarget.open(subject);
        }
        return switch (subject.allocator()) {
            case Subject.LOOP -> new LoopTarget();
            case Subject.FLOOR -> new FloorTarget();
            case Subject.UNSAFE -> new UnsafeTarget();
            default -> NativePeer.of(subject.allocator()).load();
        };
    }

    @Override
    public void run(int from, int to) {
        int[] codes = steps;
        long[] sizes = requests;
        long[] blocks = addresses;
        for (int i = from; i < to; i++) {
            int step = codes[i];
            int slot = step >>> TraceProgram.SLOT_SHIFT;
            int operation = step & TraceProgram.OPERATION_MASK;
            if (operation == TraceProgram.FREE) {
                TARGET.free(blocks[slot]);
            } else {
                long request = sizes[i];
                long byteSize = request >>> TraceProgram.ALIGNMENT_BITS;
                long address = operation == TraceProgram.ALLOCATE
                        ? allocate(request, byteSize, (step & TraceProgram.ZEROED) != 0)
                        : TARGET.reallocate(blocks[slot], byteSize);
                if (address == 0) {
                    throw new UnservedException(byteSize, 1L << (request & TraceProgram.ALIGNMENT_MASK));
                }
                Pages.touch(address, byteSize);
                blocks[slot] = address;
            }
        }
    }

    private static long allocate(long request, long byteSize, boolean zeroed) {
        return TARGET.allocate(byteSize, 1L << (request & TraceProgram.ALIGNMENT_MASK), zeroed);
    }
}
