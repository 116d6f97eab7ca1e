// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Iterator;
import java.util.function.Function;
import java.util.stream.Stream;

/** Stacks by {@link StackWalker}; any thread. */
public final class StackWalkerSource implements StackSource {
    /** Frames looked at: deeper than this an allocation's cause is not to be found. */
    private static final int MAX_DEPTH = 64;

    private static final StackWalker WALKER =
            StackWalker.getInstance(java.util.Set.of(StackWalker.Option.RETAIN_CLASS_REFERENCE), 16);

    @Override
    public void walk(FrameBuffer into) {
        WALKER.walk(new Walk(into));
    }

    private static final class Walk implements Function<Stream<StackWalker.StackFrame>, Boolean> {
        private final FrameBuffer into;

        Walk(FrameBuffer into) {
            this.into = into;
        }

        @Override
        public Boolean apply(Stream<StackWalker.StackFrame> frames) {
            Iterator<StackWalker.StackFrame> iterator = frames.iterator();
            boolean more = true;
            for (int depth = 0; more && depth < MAX_DEPTH && iterator.hasNext(); depth++) {
                more = take(iterator.next());
            }
            return Boolean.TRUE;
        }

        private boolean take(StackWalker.StackFrame frame) {
            Class<?> type = frame.getDeclaringClass();
            if (type.getClassLoader() == null || !into.wants(type.getName())) {
                return true;
            }
            return into.add(frame);
        }
    }
}
