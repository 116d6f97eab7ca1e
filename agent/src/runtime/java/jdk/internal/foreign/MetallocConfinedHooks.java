// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.Failsafe;
import dev.metalloc.agent.runtime.ProfileState;
import dev.metalloc.profiler.record.ArenaRecord;
import dev.metalloc.profiler.record.RecorderRegistry;
import dev.metalloc.profiler.record.ThreadRecorder;
import java.lang.foreign.Arena;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.DontInline;
import jdk.internal.vm.annotation.ForceInline;

/**
 * Records confined arenas of platform threads that stay the JDK's own: their threads alone come here.
 *
 * <p>A wrapper would keep the compiler from taking an arena apart that never leaves its method, and so cost heap where there was none.
 */
/* Implementation notes
 *
 * Nothing but numbers may leave inlined code, and no call may stand between a block's cleanup being added to the session's list and
 * taken from it: the compiler then forgets what it is. So a block is recorded before that, and the closing after. And what ties a session to its record is a number too, and the session keeps it where it
 * already has room: it counts in two fields, up in one and down against the other, and only the difference has a meaning. Both start at
 * the record's handle. The lower four bits of a handle are left to the one that is counted up by other threads, which is rare.
 */
final class MetallocConfinedHooks {

    private static final Unsafe JDK = Unsafe.getUnsafe();
    private static final long COUNT_OFFSET = countOffset();

    /** Whether confined arenas are recorded here; a trace has to see them closed before their memory is freed. */
    static final boolean ARE_USED =
            ProfileState.hooksInConfinedArenas && ProfileState.trace == null && COUNT_OFFSET >= 0;

    /** The least handle; below are sessions that have none. */
    private static final int LEAST_HANDLE = 1 << 4;

    private MetallocConfinedHooks() {}

    private static long countOffset() {
        try {
            return JDK.objectFieldOffset(ConfinedSession.class, "asyncReleaseCount");
        } catch (Throwable unknownShape) {
            return -1;
        }
    }

    /** Whether the arena, which was just opened, is recorded from here on. */
    @ForceInline
    static boolean opened(Arena arena) {
        ConfinedSession session =
                (ConfinedSession) arena.scope(); // before the call: what it is is then known for certain
        int handle = open();
        if (handle == 0) {
            return false;
        }
        session.acquireCount = handle;
        JDK.putInt(session, COUNT_OFFSET, handle);
        return true;
    }

    @ForceInline
    static void allocated(MemorySessionImpl session, long byteSize, long byteAlignment, boolean zeroed) {
        if (ARE_USED && session instanceof ConfinedSession confined) {
            int handle = JDK.getInt(confined, COUNT_OFFSET);
            if (handle >= LEAST_HANDLE) {
                record(handle, byteSize, byteAlignment, zeroed);
            }
        }
    }

    @ForceInline
    static void closed(MemorySessionImpl session) {
        if (ARE_USED && session instanceof ConfinedSession confined) {
            int handle = JDK.getInt(confined, COUNT_OFFSET);
            if (handle >= LEAST_HANDLE) {
                close(handle);
            }
        }
    }

    /** Answers 0 where the arena cannot be recorded here. */
    @DontInline
    private static int open() {
        RecorderRegistry recording = ProfileState.recording;
        if (recording == null) {
            return 0;
        }
        try {
            // A virtual thread may go on on another carrier.
            return Thread.currentThread().isVirtual() ? 0 : current(recording).openConfinedHandle();
        } catch (Throwable failure) {
            ProfileState.fail(failure);
            return 0;
        }
    }

    @DontInline
    private static void record(int handle, long byteSize, long byteAlignment, boolean zeroed) {
        RecorderRegistry recording = ProfileState.recording;
        if (recording == null) {
            return;
        }
        try {
            ThreadRecorder current = current(recording);
            ArenaRecord record = current.confinedArena(handle);
            if (record != null && !record.allocatedQuickly(byteSize, byteAlignment, zeroed)) {
                record.allocated(current, byteSize, byteAlignment, zeroed ? MetallocProfileHooks.ZEROED : 0);
            }
        } catch (Throwable failure) {
            ProfileState.fail(failure);
        }
    }

    @DontInline
    private static void close(int handle) {
        RecorderRegistry recording = ProfileState.recording;
        if (recording == null) {
            return;
        }
        try {
            ThreadRecorder current = current(recording);
            ArenaRecord record = current.confinedArena(handle);
            if (record != null) {
                record.closed(current);
            }
        } catch (Throwable failure) {
            ProfileState.fail(failure);
        }
    }

    /** The recorder of the running thread, which is a platform thread. */
    @ForceInline
    private static ThreadRecorder current(RecorderRegistry recording) {
        Failsafe.faultPoint();
        return recording.recorder(Thread.currentThread());
    }
}
