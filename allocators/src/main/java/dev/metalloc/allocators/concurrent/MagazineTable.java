// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import dev.metalloc.allocators.layout.ArrayBytes;
import dev.metalloc.allocators.layout.SizeClasses;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The magazines of all threads, found by thread id.
 *
 * <p>{@link #ofCaller} may be called by any thread; all else under the lock of the allocator that owns the table.
 */
/* Implementation notes
 *
 * An open-addressed table by owner id. A new thread makes a new table and publishes it by a volatile store, which pairs with
 * the volatile load of every look-up; a thread therefore always finds its own. Entries of dead threads do no harm: ids
 * are never used again.
 */
final class MagazineTable {

    private static final int INITIAL_LENGTH = 16;

    private final SizeClasses classes;
    private final long limitBytes;
    private volatile @Nullable Magazines[] table = new Magazines[INITIAL_LENGTH];
    private Magazines[] all = new Magazines[0];

    MagazineTable(SizeClasses classes, long limitBytes) {
        this.classes = classes;
        this.limitBytes = limitBytes;
    }

    /** The magazines of the calling thread, or null where it has none. */
    @Nullable
    Magazines ofCaller() {
        long id = OwnerThread.currentId();
        @Nullable Magazines[] known = table;
        int mask = known.length - 1;
        for (int i = (int) id; ; i++) {
            Magazines magazines = known[i & mask];
            if (magazines == null || magazines.ownerId() == id) {
                return magazines;
            }
        }
    }

    /** Gives a thread that has none those of a dead one, or new ones; null where the Java heap has no room for them. */
    @Nullable
    Magazines tryRegister(Thread thread) {
        try {
            return register(thread);
        } catch (OutOfMemoryError e) {
            return null;
        }
    }

    private Magazines register(Thread thread) {
        Magazines magazines = abandonedOrNew();
        // Made before there is an owner, who would else find them nowhere where the Java heap has no room for it.
        @Nullable Magazines[] fresh = new Magazines[Math.max(INITIAL_LENGTH, Integer.highestOneBit(all.length) * 4)];
        magazines.setOwner(thread);
        for (Magazines each : all) {
            int i = (int) each.ownerId();
            while (fresh[i & (fresh.length - 1)] != null) {
                i++;
            }
            fresh[i & (fresh.length - 1)] = each;
        }
        table = fresh;
        return magazines;
    }

    private Magazines abandonedOrNew() {
        for (Magazines magazines : all) {
            if (magazines.isAbandoned()) {
                return magazines;
            }
        }
        Magazines[] more = Arrays.copyOf(all, all.length + 1);
        Magazines fresh = new Magazines(classes, limitBytes);
        more[all.length] = fresh;
        all = more;
        return fresh;
    }

    /** Of its tables, and of all magazines. */
    long heldBytes() {
        long bytes = ArrayBytes.of(table) + ArrayBytes.of(all);
        for (Magazines magazines : all) {
            bytes += magazines.arrayBytes();
        }
        return bytes;
    }

    int count() {
        return all.length;
    }

    Magazines get(int at) {
        return all[at];
    }
}
