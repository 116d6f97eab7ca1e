// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What other threads freed of a heap's blocks and handed over, until its owner collects it.
 *
 * <p>Any thread puts in; one, the owner, takes out. Each exchange of a head pairs with the others on it: who takes a batch or a slab sees
 * what was written before it was put in.
 */
final class RemoteInbox {

    private final AtomicReference<@Nullable RemoteFreeBatch> batches = new AtomicReference<>();
    private final AtomicReference<@Nullable Slab> slabs = new AtomicReference<>();

    /* Plain: who frees after a free of another thread that happened before sees it set, and others need not. */
    private boolean mayHaveAny;

    /** Whether anything was put in that is not taken out. */
    boolean mayHaveAny() {
        return mayHaveAny;
    }

    void put(RemoteFreeBatch batch) {
        RemoteFreeBatch head;
        do {
            head = batches.get();
            batch.next = head;
        } while (!batches.compareAndSet(head, batch));
        mayHaveAny = true;
    }

    /** Puts in a slab whose first uncollected remote free was just noted. */
    void put(Slab slab) {
        Slab head;
        do {
            head = slabs.get();
            slab.setNextWithRemoteFrees(head);
        } while (!slabs.compareAndSet(head, slab));
        mayHaveAny = true;
    }

    /** To be called before all is taken out: what is put in later sets it again. */
    void beginTaking() {
        mayHaveAny = false;
        // No head may be looked at before others see this: else what is put in between would set what is then unset.
        VarHandle.fullFence();
    }

    @Nullable
    RemoteFreeBatch takeBatches() {
        return batches.get() == null ? null : batches.getAndSet(null);
    }

    @Nullable
    Slab takeSlabs() {
        return slabs.get() == null ? null : slabs.getAndSet(null);
    }
}
