// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one stack that make up a site, innermost first; confined to one thread at a time.
 *
 * <p>A {@link StackSource} offers the whole stack; the buffer keeps what {@link FrameFilter} calls a caller. Leading wrapper
 * frames are kept only as long as no frame outside the wrappers has come, so that a library's own allocations have a
 * site too.
 */
public final class FrameBuffer {
    /** As many as a profile keeps. */
    public static final int MAX_FRAMES = 8;

    private final String[] classNames = new String[MAX_FRAMES];
    private final String[] methodNames = new String[MAX_FRAMES];
    private final int[] lines = new int[MAX_FRAMES];
    /** Finding a line is the dearest part of a frame, so it is looked for only when a site is new. */
    private final StackWalker.@Nullable StackFrame[] frames = new StackWalker.@Nullable StackFrame[MAX_FRAMES];

    private int size;
    private boolean onlyWrappers = true;

    /** Lets go of the frames as well: a thread at rest must not keep an application's classes loaded. */
    void clear() {
        size = 0;
        Arrays.fill(frames, null);
        onlyWrappers = true;
    }

    /** Whether a frame of this class would be kept; a source asks before it takes the trouble to find the line. */
    public boolean wants(String className) {
        return !FrameFilter.isMachinery(className) && (size < MAX_FRAMES || onlyWrappers);
    }

    /** Answers whether more frames are wanted. The frame is kept until the buffer is cleared. */
    public boolean add(StackWalker.StackFrame frame) {
        int before = size;
        boolean more = add(frame.getDeclaringClass().getName(), frame.getMethodName(), -1);
        if (size > before || size == 1) {
            frames[size - 1] = frame;
        }
        return more;
    }

    /** Answers whether more frames are wanted. */
    public boolean add(String className, String methodName, int line) {
        if (onlyWrappers && !FrameFilter.isWrapper(className)) {
            size = 0;
            onlyWrappers = false;
        }
        if (size < MAX_FRAMES) {
            classNames[size] = withoutHiddenSuffix(className);
            methodNames[size] = methodName;
            lines[size] = line;
            frames[size] = null;
            size++;
        }
        return size < MAX_FRAMES || onlyWrappers;
    }

    int size() {
        return size;
    }

    String[] copyOfClassNames() {
        return Arrays.copyOf(classNames, size);
    }

    String[] copyOfMethodNames() {
        return Arrays.copyOf(methodNames, size);
    }

    /** Where in its method the innermost frame's call is; -1 where that is not known. */
    int byteCodeIndex() {
        StackWalker.StackFrame frame = frames[0];
        return frame == null ? -1 : frame.getByteCodeIndex();
    }

    /** The innermost frame's. */
    int line() {
        StackWalker.StackFrame frame = frames[0];
        return frame == null ? lines[0] : frame.getLineNumber();
    }

    int[] copyOfLines() {
        int[] copy = Arrays.copyOf(lines, size);
        for (int i = 0; i < size; i++) {
            StackWalker.StackFrame frame = frames[i];
            copy[i] = frame == null ? copy[i] : frame.getLineNumber();
        }
        return copy;
    }

    /** FNV-1a over class and method names: the same in every run and build, whatever the lines; never 0. */
    long hash() {
        long hash = 0xCBF2_9CE4_8422_2325L;
        for (int i = 0; i < size; i++) {
            hash = hash(hash(hash, classNames[i]) ^ '.', methodNames[i]) ^ ';';
        }
        return hash == 0 ? 1 : hash;
    }

    private static long hash(long start, String text) {
        long hash = start;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100_0000_01B3L;
        }
        return hash;
    }

    /** The part after the slash is an address in this JVM and would make every run's site a new one. */
    private static String withoutHiddenSuffix(String className) {
        int slash = className.indexOf('/');
        return slash < 0 ? className : className.substring(0, slash);
    }
}
