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
 * <p>One thread at a time. Lifetime: the allocator's, which keeps its memory from one pass to the next; there is one loop for each copy of the
 * class.
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
            case Subject.DOWNCALL -> NativePeer.GLIBC.loadPlain();
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
            if ((step & TraceProgram.OPERATION_MASK) == TraceProgram.FREE) {
                TARGET.free(blocks[slot]);
            } else {
                long request = sizes[i];
                long byteSize = request >>> TraceProgram.ALIGNMENT_BITS;
                long address = isPlain(step, request)
                        ? TARGET.allocate(byteSize, 1, false)
                        : otherwise(step, request, blocks[slot]);
                if (address == 0) {
                    throw new UnservedException(byteSize, 1L << (request & TraceProgram.ALIGNMENT_MASK));
                }
                Pages.touch(address, byteSize);
                blocks[slot] = address;
            }
        }
    }

    @Override
    public void close() {
        TARGET.close();
    }

    /** Whether neither alignment nor zeroed memory is asked for, as with malloc: the call then says so by constants, as in a program. */
    private static boolean isPlain(int step, long request) {
        int unusual = step & (TraceProgram.OPERATION_MASK | TraceProgram.ZEROED);
        return (unusual | ((int) request & TraceProgram.ALIGNMENT_MASK)) == 0;
    }

    private static long otherwise(int step, long request, long old) {
        long byteSize = request >>> TraceProgram.ALIGNMENT_BITS;
        return (step & TraceProgram.OPERATION_MASK) == TraceProgram.ALLOCATE
                ? TARGET.allocate(
                        byteSize, 1L << (request & TraceProgram.ALIGNMENT_MASK), (step & TraceProgram.ZEROED) != 0)
                : TARGET.reallocate(old, byteSize);
    }
}
