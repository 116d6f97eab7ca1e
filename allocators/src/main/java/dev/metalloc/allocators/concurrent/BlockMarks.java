// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import dev.metalloc.allocators.layout.ArrayBytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A byte for each 16 bytes of the address space, 0 until it is set; only what was set has memory behind it.
 *
 * <p>Any thread.
 */
/* Implementation notes
 *
 * Three levels: 16 GiB of address space each entry of the root, 64 KiB each leaf, whose 4096 bytes say something of a block
 * that starts there. Nodes are put in by compare-and-set and stay.
 */
final class BlockMarks {

    private static final VarHandle MARK = MethodHandles.arrayElementVarHandle(byte[].class);

    /** User space ends at 47 bits on x86 and is mapped from below 2^48 elsewhere. */
    private static final int ADDRESS_BITS = 48;

    private static final int NODE_SHIFT = 34;
    private static final int LEAF_SHIFT = 16;
    private static final int GRANULE_SHIFT = 4;
    private static final int NODE_MASK = (1 << (NODE_SHIFT - LEAF_SHIFT)) - 1;
    private static final int LEAF_MASK = (1 << (LEAF_SHIFT - GRANULE_SHIFT)) - 1;
    private static final byte[] NOTHING = new byte[0];

    private final AtomicReferenceArray<@Nullable AtomicReferenceArray<byte @Nullable []>> root =
            new AtomicReferenceArray<>(1 << (ADDRESS_BITS - NODE_SHIFT));

    /** Of nodes and leaves, which come one by one and stay. */
    private final AtomicLong addedBytes = new AtomicLong();

    /** Of its arrays. */
    long heldBytes() {
        return ArrayBytes.ofReferences(root.length()) + addedBytes.get();
    }

    /** The mark of an address; 0 for one that is no multiple of 16. */
    byte of(long address) {
        byte[] leaf = leafOrNothing(address);
        return leaf.length == 0 ? 0 : (byte) MARK.getAcquire(leaf, index(address));
    }

    /** Changes a mark that was set before; false where it is not {@code expected}. */
    boolean change(long address, byte expected, byte update) {
        byte[] leaf = leafOrNothing(address);
        return leaf.length != 0 && MARK.compareAndSet(leaf, index(address), expected, update);
    }

    /** Sets the mark of a block that only the caller knows of; pairs with the load of who was handed the block. */
    void set(long address, byte mark) {
        MARK.setRelease(leaf(address), index(address), mark);
    }

    /** As {@link #set}; false where the Java heap has no room for it. */
    boolean trySet(long address, byte mark) {
        try {
            set(address, mark);
            return true;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    private byte[] leafOrNothing(long address) {
        if ((address & ((1 << GRANULE_SHIFT) - 1)) != 0 || address >>> ADDRESS_BITS != 0) {
            return NOTHING;
        }
        AtomicReferenceArray<byte @Nullable []> node = root.get((int) (address >>> NODE_SHIFT));
        byte[] leaf = node == null ? null : node.get((int) (address >>> LEAF_SHIFT) & NODE_MASK);
        return leaf == null ? NOTHING : leaf;
    }

    private byte[] leaf(long address) {
        byte[] known = leafOrNothing(address);
        if (known.length != 0) {
            return known;
        }
        int at = (int) (address >>> LEAF_SHIFT) & NODE_MASK;
        AtomicReferenceArray<byte @Nullable []> node = node((int) (address >>> NODE_SHIFT));
        byte[] fresh = new byte[LEAF_MASK + 1];
        byte[] other = node.compareAndExchange(at, null, fresh);
        if (other != null) {
            return other;
        }
        addedBytes.getAndAdd(fresh.length);
        return fresh;
    }

    private AtomicReferenceArray<byte @Nullable []> node(int at) {
        AtomicReferenceArray<byte @Nullable []> node = root.get(at);
        if (node != null) {
            return node;
        }
        AtomicReferenceArray<byte @Nullable []> fresh = new AtomicReferenceArray<>(NODE_MASK + 1);
        node = root.compareAndExchange(at, null, fresh);
        if (node != null) {
            return node;
        }
        addedBytes.getAndAdd(ArrayBytes.ofReferences(fresh.length()));
        return fresh;
    }

    private static int index(long address) {
        return (int) (address >>> GRANULE_SHIFT) & LEAF_MASK;
    }
}
