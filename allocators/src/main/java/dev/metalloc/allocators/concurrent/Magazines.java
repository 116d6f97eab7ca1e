// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import dev.metalloc.allocators.layout.ArrayBytes;
import dev.metalloc.allocators.layout.SizeClasses;
import java.lang.ref.WeakReference;

/**
 * Free blocks one thread keeps for itself, a stack for each size class.
 *
 * <p>Owner only; the figures may be read by any thread. When the owner is dead the magazines pass to the next new thread.
 */
final class Magazines {

    /** No thread has this id: they start at 1. */
    static final long NO_OWNER = 0;

    /** No class keeps more than this many bytes … */
    private static final int STACK_BYTES = 64 << 10;
    /** … nor more than this many blocks, but always two. */
    private static final int MOST_BLOCKS = 64;

    private static final WeakReference<Thread> NOBODY = new WeakReference<>(null);

    private final SizeClasses classes;
    private final long limitBytes;
    private final long[][] stacks;
    private final int[] counts;
    private long heldBytes;
    private long allocateCount;
    private long freeCount;

    /* Read by any thread without order: only the owner itself ever finds its own id here, since it wrote it. */
    private long ownerId = NO_OWNER;
    private WeakReference<Thread> owner = NOBODY;

    /** @param limitBytes most bytes kept in all */
    Magazines(SizeClasses classes, long limitBytes) {
        this.classes = classes;
        this.limitBytes = limitBytes;
        stacks = new long[classes.count()][];
        counts = new int[classes.count()];
        for (int sizeClass = 0; sizeClass < stacks.length; sizeClass++) {
            stacks[sizeClass] = new long[capacity(classes.byteSize(sizeClass))];
        }
    }

    private static int capacity(int byteSize) {
        return Math.clamp(STACK_BYTES / byteSize, 2, MOST_BLOCKS);
    }

    /** Of its arrays. */
    long arrayBytes() {
        long bytes = ArrayBytes.of(stacks) + ArrayBytes.of(counts);
        for (long[] stack : stacks) {
            bytes += ArrayBytes.of(stack);
        }
        return bytes;
    }

    long ownerId() {
        return ownerId;
    }

    void setOwner(Thread thread) {
        owner = new WeakReference<>(thread);
        ownerId = thread.threadId();
    }

    /** Whether the owner is dead; what it wrote is then visible, since its end happens before isAlive answers false. */
    boolean isAbandoned() {
        Thread thread = owner.get();
        return thread == null || !thread.isAlive();
    }

    /** The block freed last, or 0. */
    long pop(int sizeClass) {
        long address = take(sizeClass);
        if (address != 0) {
            allocateCount++;
        }
        return address;
    }

    /** Takes a block out to give it back: no allocation. */
    long take(int sizeClass) {
        int below = counts[sizeClass] - 1;
        if (below < 0) {
            return 0;
        }
        counts[sizeClass] = below;
        heldBytes -= classes.byteSize(sizeClass);
        return stacks[sizeClass][below];
    }

    /** Keeps a block that was freed; false where there is no room for it. */
    boolean push(int sizeClass, long address) {
        if (!put(sizeClass, address)) {
            return false;
        }
        freeCount++;
        return true;
    }

    /** Puts a block in that was never handed out: no free. */
    boolean put(int sizeClass, long address) {
        int count = counts[sizeClass];
        long[] stack = stacks[sizeClass];
        int byteSize = classes.byteSize(sizeClass);
        if (count == stack.length || heldBytes + byteSize > limitBytes) {
            return false;
        }
        stack[count] = address;
        counts[sizeClass] = count + 1;
        heldBytes += byteSize;
        return true;
    }

    int count(int sizeClass) {
        return counts[sizeClass];
    }

    /** How many blocks to move at a time. */
    int batch(int sizeClass) {
        return stacks[sizeClass].length / 2;
    }

    long address(int sizeClass, int at) {
        return stacks[sizeClass][at];
    }

    long heldBytes() {
        return heldBytes;
    }

    /** Blocks handed out from here. */
    long allocateCount() {
        return allocateCount;
    }

    /** Blocks taken back here. */
    long freeCount() {
        return freeCount;
    }
}
