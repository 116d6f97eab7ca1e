// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import java.util.Arrays;

/**
 * The coalesced free blocks: listed by bin for allocation, found by their start for coalescing.
 *
 * <p>Confined. Blocks are named by node numbers, valid until the node is removed.
 */
/* Implementation notes
 *
 * A node is five ints in arrays. Nodes hang in a doubly linked list of their bin and in a chain of a hash table by start,
 * 24 to 28 bytes of Java heap for each free block. A bit for each bin says whether its list has a node; a bit for each
 * word of those says whether it is not zero: finding the first fitting bin is two bit scans.
 *
 * Invariants: a node hangs in the list of its size's bin and in the chain of its start's bucket;
 *             bin bit set == list not empty;  word bit set == word not zero
 */
final class FreeBlocks {

    static final int NONE = -1;

    private static final int INITIAL_NODES = 64;
    /** Spreads starts over buckets: 2^32 divided by the golden ratio. */
    private static final int GOLDEN = 0x9E3779B9;

    private final int[] heads = new int[Bins.COUNT];
    private final long[] filledBins = new long[(Bins.COUNT + 63) >>> 6];
    private int filledWords;

    private int[] buckets;
    private int[] starts = new int[INITIAL_NODES];
    private int[] granules = new int[INITIAL_NODES];
    private int[] next = new int[INITIAL_NODES];
    private int[] previous = new int[INITIAL_NODES];
    private int[] nextInBucket = new int[INITIAL_NODES];
    private int unusedNode = NONE;
    private int madeNodes;
    private int count;

    FreeBlocks() {
        buckets = new int[INITIAL_NODES];
        Arrays.fill(buckets, NONE);
        Arrays.fill(heads, NONE);
    }

    int start(int node) {
        return starts[node];
    }

    int granules(int node) {
        return granules[node];
    }

    int count() {
        return count;
    }

    /** A node of at least {@code wanted} granules, a rounded size, or NONE. */
    int fit(int wanted) {
        int bin = Bins.of(wanted);
        int word = bin >>> 6;
        long bits = filledBins[word] & -1L << bin;
        if (bits == 0) {
            int words = filledWords & -2 << word;
            if (words == 0) {
                return NONE;
            }
            word = Integer.numberOfTrailingZeros(words);
            bits = filledBins[word];
        }
        return heads[(word << 6) + Long.numberOfTrailingZeros(bits)];
    }

    /** The node of the free block that starts at a granule, or NONE. */
    int find(int start) {
        int node = buckets[bucket(start)];
        while (node != NONE && starts[node] != start) {
            node = nextInBucket[node];
        }
        return node;
    }

    private int bucket(int start) {
        return (start * GOLDEN) >>> 1 & buckets.length - 1;
    }

    void insert(int start, int blockGranules) {
        int node = newNode();
        starts[node] = start;
        granules[node] = blockGranules;
        int bucket = bucket(start);
        nextInBucket[node] = buckets[bucket];
        buckets[bucket] = node;
        link(node, Bins.of(blockGranules));
        count++;
    }

    private void link(int node, int bin) {
        int head = heads[bin];
        next[node] = head;
        previous[node] = NONE;
        heads[bin] = node;
        if (head != NONE) {
            previous[head] = node;
        } else {
            filledBins[bin >>> 6] |= 1L << bin;
            filledWords |= 1 << (bin >>> 6);
        }
    }

    void remove(int node) {
        unlink(node, Bins.of(granules[node]));
        unchain(node);
        next[node] = unusedNode;
        unusedNode = node;
        count--;
    }

    private void unlink(int node, int bin) {
        int after = next[node];
        int before = previous[node];
        if (after != NONE) {
            previous[after] = before;
        }
        if (before != NONE) {
            next[before] = after;
            return;
        }
        heads[bin] = after;
        if (after == NONE) {
            filledBins[bin >>> 6] &= ~(1L << bin);
            if (filledBins[bin >>> 6] == 0) {
                filledWords &= ~(1 << (bin >>> 6));
            }
        }
    }

    private void unchain(int node) {
        int bucket = bucket(starts[node]);
        int at = buckets[bucket];
        if (at == node) {
            buckets[bucket] = nextInBucket[node];
            return;
        }
        while (nextInBucket[at] != node) {
            at = nextInBucket[at];
        }
        nextInBucket[at] = nextInBucket[node];
    }

    private int newNode() {
        int node = unusedNode;
        if (node != NONE) {
            unusedNode = next[node];
            return node;
        }
        if (madeNodes == starts.length) {
            grow(madeNodes * 2);
        }
        return madeNodes++;
    }

    private void grow(int length) {
        starts = Arrays.copyOf(starts, length);
        granules = Arrays.copyOf(granules, length);
        next = Arrays.copyOf(next, length);
        previous = Arrays.copyOf(previous, length);
        nextInBucket = Arrays.copyOf(nextInBucket, length);
        buckets = new int[length];
        Arrays.fill(buckets, NONE);
        // All nodes are in use when the table grows.
        for (int node = 0; node < madeNodes; node++) {
            int bucket = bucket(starts[node]);
            nextInBucket[node] = buckets[bucket];
            buckets[bucket] = node;
        }
    }

    /** The first node of a bin, or NONE; with {@link #after} it walks all nodes. */
    int first(int bin) {
        return heads[bin];
    }

    int after(int node) {
        return next[node];
    }

    /**
     * Checks the invariants in the class notes.
     *
     * @throws IllegalStateException naming the first that does not hold
     */
    void validate() {
        int listed = 0;
        for (int bin = 0; bin < heads.length; bin++) {
            check((heads[bin] != NONE) == ((filledBins[bin >>> 6] & 1L << bin) != 0), "bin bit == list not empty");
            check((filledBins[bin >>> 6] != 0) == ((filledWords & 1 << (bin >>> 6)) != 0), "word bit == word not 0");
            int before = NONE;
            for (int node = heads[bin]; node != NONE; node = next[node]) {
                check(Bins.of(granules[node]) == bin, "a node hangs in the list of its bin");
                check(previous[node] == before, "links agree both ways");
                check(find(starts[node]) == node, "a node is found by its start");
                before = node;
                listed++;
            }
        }
        check(listed == count, "listed nodes == counted nodes");
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("free blocks: broken: " + equation);
        }
    }
}
