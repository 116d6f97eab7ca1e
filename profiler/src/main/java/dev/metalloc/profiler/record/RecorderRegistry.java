// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the recorder of a thread, and keeps count of threads that come and go.
 *
 * <p>{@link #recorder} is called by the thread itself, everything else by any thread. A thread that has ended is folded
 * into {@link EndedThreads}: by the tick, or by a registration once the registered have doubled since the last time.
 */
public final class RecorderRegistry {
    /*
     * Implementation notes.
     *
     * table: open addressing by thread id, at most half full, read without a lock. A thread finds only its own recorder,
     * which it put there itself, so even a stale table or entry is right or else null, and then the slow path looks again.
     *
     * slots: the recorders by number, for their blocks' owners; also the list of all of them.
     *
     * Two locks. "changing" is held for the few steps that change table and slots; "reading" by whoever sums up or folds, so that a thread's counts are never seen both as its own and as an ended one's. Order: reading, changing.
     *
     * Folding reads a recorder whose writer has ended: Thread.isAlive() answering false makes all its writes visible.
     */
    private static final int FIRST_SLOTS = 32;
    private static final int MAX_SLOTS = 1 << BlockMeta.SLOT_BITS;

    private final Recorder recorder;
    private final RecorderSpinLock changing = new RecorderSpinLock();
    final RecorderSpinLock reading = new RecorderSpinLock();
    /** Guarded by reading. */
    final EndedThreads ended = new EndedThreads();

    /** A guess: a hit spares the way from the thread's number to its recorder, on which all else would wait. */
    private @Nullable ThreadRecorder busiest;

    private @Nullable ThreadRecorder[] table = new @Nullable ThreadRecorder[2 * FIRST_SLOTS];
    private volatile @Nullable ThreadRecorder[] slots = new @Nullable ThreadRecorder[FIRST_SLOTS];

    /** Guarded by changing, as are the two below. */
    private long registeredCount;

    private int heldCount;
    private int foldAtCount = FIRST_SLOTS / 2;
    private volatile long maxAliveCount;

    RecorderRegistry(Recorder recorder) {
        this.recorder = recorder;
    }

    /** The recorder of the platform thread or carrier that is running. */
    public ThreadRecorder recorder(Thread thread) {
        ThreadRecorder atHome = atHome(thread);
        return atHome != null ? atHome : recorderSlow(thread);
    }

    /** The recorder of the running thread where that is found at once, else null, as it always is for a virtual thread. */
    public @Nullable ThreadRecorder atHome(Thread thread) {
        long id = thread.threadId();
        ThreadRecorder likely = busiest;
        if (likely != null && likely.threadId == id) {
            return likely;
        }
        @Nullable ThreadRecorder[] seen = table;
        ThreadRecorder entry = seen[home(id, seen.length)];
        return entry != null && entry.threadId == id ? entry : null;
    }

    /** Lets threads that have begun to record blocks of an entry point count most of them by their slots; called from time to time. */
    public void chooseQuick(QuickSlots slots, int entryPoint) {
        slots.choose(recorder, entryPoint);
    }

    /** A handle of the C library's was called that is none of a keeper's; where {@link Recorder#tellCallers} was called. */
    public void calledByOthers(int entryPoint) {
        recorder.calledByOthers(entryPoint);
    }

    /** The byte clock of a thread, -1 where it was folded. */
    long allocatedBytes(long owner) {
        ThreadRecorder found = threadOf(owner);
        return found == null ? -1 : found.allocatedBytes();
    }

    /** Null where the thread has ended. */
    @Nullable
    ThreadRecorder threadOf(long owner) {
        @Nullable ThreadRecorder[] current = slots;
        int slot = BlockMeta.slot(owner);
        ThreadRecorder found = slot < current.length ? current[slot] : null;
        return found != null && found.owner == owner ? found : null;
    }

    /**
     * Takes the block away from the thread that holds it as its newest, where one does, and copies its values; to be called where all
     * blocks are followed and the table does not know the block.
     */
    boolean takeNewest(long address, long[] into) {
        @Nullable ThreadRecorder[] current = slots;
        for (int slot = 0; slot < current.length; slot++) {
            ThreadRecorder held = current[slot];
            if (held != null && held.follower.newest.take(address, into)) {
                recorder.blocks.removeAwaiting(address, into); // its thread may not have noticed
                return true;
            }
        }
        return recorder.blocks.removeAwaiting(address, into); // it may have gone there meanwhile
    }

    /** All that are not folded, with holes; to be read under reading. */
    @Nullable
    ThreadRecorder[] held() {
        return slots;
    }

    long maxAliveCount() {
        return maxAliveCount;
    }

    long heldBytes() {
        return 4L * (table.length + slots.length);
    }

    /** Under reading. */
    void foldEnded() {
        @Nullable ThreadRecorder[] current = slots;
        int aliveCount = 0;
        long mostAllocations = 0;
        long busiestAllocations = 0;
        ThreadRecorder likely = null;
        boolean[] gone = null;
        for (int slot = 0; slot < current.length; slot++) {
            ThreadRecorder held = current[slot];
            if (held != null && held.hasEnded()) {
                held.follower.settle();
                ended.add(held);
                held.arenas.release();
                gone = gone == null ? new boolean[current.length] : gone;
                gone[slot] = true;
            } else if (held != null) {
                aliveCount++;
                long allocations = held.allocationsSinceAsked();
                if (held == busiest) {
                    busiestAllocations = allocations;
                }
                if (allocations > mostAllocations) {
                    mostAllocations = allocations;
                    likely = held;
                }
            }
        }
        // Of two that are about as busy the first one stays: each change costs the branches on it their history.
        if (likely != null && mostAllocations > 2 * busiestAllocations) {
            busiest = likely;
        }
        forget(gone, aliveCount);
    }

    @ReservedStack
    private ThreadRecorder recorderSlow(Thread thread) {
        long id = thread.threadId();
        ThreadRecorder probed = find(table, id);
        if (probed != null) {
            return probed;
        }
        changing.acquire();
        boolean full;
        ThreadRecorder added;
        try {
            probed = find(table, id);
            if (probed != null) {
                return probed;
            }
            added = add(thread);
            full = heldCount >= foldAtCount;
        } finally {
            changing.release();
        }
        if (full && reading.tryAcquire()) {
            try {
                foldEnded();
            } finally {
                reading.release();
            }
        }
        return added;
    }

    private ThreadRecorder add(Thread thread) {
        int slot = freeSlot();
        ThreadRecorder added = new ThreadRecorder(recorder, thread, BlockMeta.owner(registeredCount, slot));
        registeredCount++;
        heldCount++;
        slots[slot] = added;
        if (busiest == null) {
            busiest = added;
        }
        if (2 * heldCount > table.length) {
            table = tableOf(slots, 2 * table.length);
        } else {
            put(table, added);
        }
        return added;
    }

    private int freeSlot() {
        @Nullable ThreadRecorder[] current = slots;
        for (int slot = 0; heldCount < current.length && slot < current.length; slot++) {
            if (current[slot] == null) {
                return slot;
            }
        }
        if (current.length == MAX_SLOTS) {
            throw new IllegalStateException("more than " + MAX_SLOTS + " threads alive (profile fewer at once)");
        }
        slots = Arrays.copyOf(current, 2 * current.length);
        return current.length;
    }

    @ReservedStack
    private void forget(boolean @Nullable [] gone, int aliveCount) {
        changing.acquire();
        try {
            @Nullable ThreadRecorder[] current = slots;
            boolean any = false;
            for (int slot = 0; gone != null && slot < gone.length; slot++) {
                if (gone[slot]) {
                    current[slot] = null;
                    heldCount--;
                    any = true;
                }
            }
            if (any) {
                recorder.countChange();
                busiest = busiest != null && busiest.hasEnded() ? null : busiest;
                table = tableOf(current, table.length);
            }
            foldAtCount = Math.max(FIRST_SLOTS / 2, 2 * heldCount);
            maxAliveCount = Math.max(maxAliveCount, aliveCount);
        } finally {
            changing.release();
        }
    }

    private static @Nullable ThreadRecorder[] tableOf(@Nullable ThreadRecorder[] all, int length) {
        @Nullable ThreadRecorder[] made = new @Nullable ThreadRecorder[length];
        for (int slot = 0; slot < all.length; slot++) {
            ThreadRecorder held = all[slot];
            if (held != null) {
                put(made, held);
            }
        }
        return made;
    }

    private static void put(@Nullable ThreadRecorder[] into, ThreadRecorder added) {
        int i = home(added.threadId, into.length);
        while (into[i] != null) {
            i = (i + 1) & (into.length - 1);
        }
        into[i] = added;
    }

    private static @Nullable ThreadRecorder find(@Nullable ThreadRecorder[] in, long id) {
        int i = home(id, in.length);
        for (ThreadRecorder entry = in[i]; entry != null; entry = in[i]) {
            if (entry.threadId == id) {
                return entry;
            }
            i = (i + 1) & (in.length - 1);
        }
        return null;
    }

    private static int home(long id, int length) {
        return (int) ((id * 0x9E37_79B9_7F4A_7C15L) >>> 40) & (length - 1);
    }
}
