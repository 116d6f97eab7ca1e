// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.Failsafe;
import dev.metalloc.agent.runtime.ProfileState;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.record.RecorderRegistry;
import dev.metalloc.profiler.record.ThreadRecorder;

/**
 * Records the buffers that libraries cut out of chunks of their own: no memory besides the chunks', and so no part of a trace.
 *
 * <p>Any thread; nothing throws. Public for the hooks alone.
 */
public final class MetallocBufferRecords {

    private static final int NETTY = EntryPoint.NETTY.ordinal();
    private static final int ARROW = EntryPoint.ARROW.ordinal();
    /** Above what a process can address. */
    private static final long NO_ADDRESS = 1L << 62;

    private MetallocBufferRecords() {}

    public static void nettyAllocated(Object buffer, long byteSize) {
        if (ProfileState.nettyBuffers) {
            bufferAllocated(NETTY, buffer, byteSize);
        }
    }

    public static void nettyFreed(Object buffer) {
        if (ProfileState.nettyBuffers) {
            bufferFreed(NETTY, buffer);
        }
    }

    public static void nettyReallocated(Object buffer, long byteSize) {
        RecorderRegistry recording = ProfileState.recording;
        if (!ProfileState.nettyBuffers || recording == null) {
            return;
        }
        try {
            long key = key(NETTY, buffer);
            ThreadRecorder current = MetallocProfileHooks.current(recording);
            long token = current.beginReallocate(NETTY, key);
            current.endReallocate(NETTY, token, key, key, byteSize, MetallocProfileHooks.virtualFlag());
        } catch (Throwable failure) {
            ProfileState.fail(failure);
        }
    }

    public static void arrowAllocated(Object manager, long byteSize) {
        if (ProfileState.arrowBuffers) {
            bufferAllocated(ARROW, manager, byteSize);
        }
    }

    public static void arrowFreed(Object manager) {
        if (ProfileState.arrowBuffers) {
            bufferFreed(ARROW, manager);
        }
    }

    private static void bufferAllocated(int entryPoint, Object buffer, long byteSize) {
        RecorderRegistry recording = ProfileState.recording;
        if (recording == null) {
            return;
        }
        try {
            Failsafe.faultPoint();
            long key = key(entryPoint, buffer);
            ThreadRecorder atHome = recording.atHome(Thread.currentThread());
            if (atHome != null) {
                atHome.allocated(entryPoint, key, byteSize);
            } else {
                recording
                        .recorder(MetallocOwnerThread.current())
                        .allocated(entryPoint, key, byteSize, 1, MetallocProfileHooks.virtualFlag());
            }
        } catch (Throwable failure) {
            ProfileState.fail(failure);
        }
    }

    private static void bufferFreed(int entryPoint, Object buffer) {
        RecorderRegistry recording = ProfileState.recording;
        if (recording == null) {
            return;
        }
        try {
            Failsafe.faultPoint();
            MetallocProfileHooks.current(recording).freed(entryPoint, key(entryPoint, buffer));
        } catch (Throwable failure) {
            ProfileState.fail(failure);
        }
    }

    /** Stands for an address, and is none: an object has none that stays. Two live buffers hardly ever have the same. */
    private static long key(int entryPoint, Object buffer) {
        return NO_ADDRESS | (long) entryPoint << 40 | (long) System.identityHashCode(buffer) << 4;
    }
}
