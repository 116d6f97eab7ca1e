// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Random operations on an allocator beside a sorted map of the live blocks.
 *
 * <p>A failure names the seed and the step; {@code -Dmetalloc.test.seed=N} runs that seed in place of those of the tests.
 */
final class ModelRun {

    private static final int MOST_LIVE = 600;

    private final OffHeapAllocator allocator;
    private final long seed;
    private final int operations;
    private final long largest;
    private final Random random;
    private final TreeMap<Long, Long> live = new TreeMap<>();
    private final List<Long> addresses = new ArrayList<>();
    private int refused;

    static final String SEED_PROPERTY = "metalloc.test.seed";

    ModelRun(OffHeapAllocator allocator, long seed, int operations, long largest) {
        this.allocator = allocator;
        this.seed = Long.getLong(SEED_PROPERTY, seed);
        this.operations = operations;
        this.largest = largest;
        this.random = new Random(this.seed);
    }

    /** Returns how many requests were refused; frees all blocks at the end. */
    int run() {
        int step = 0;
        try {
            for (; step < operations; step++) {
                step();
            }
            while (!addresses.isEmpty()) {
                free();
            }
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + " (-D" + SEED_PROPERTY + "=" + seed + "), step " + step + ": " + e.getMessage(),
                    e);
        }
        return refused;
    }

    private void step() {
        int dice = random.nextInt(100);
        boolean isGrowing = random.nextInt(MOST_LIVE) > addresses.size();
        if (addresses.isEmpty() || (dice < 85 && isGrowing)) {
            allocate();
        } else if (dice < 90) {
            free();
        } else {
            reallocate();
        }
        if (random.nextInt(3000) == 0) {
            allocator.purge();
        }
        if (random.nextInt(3000) == 0) {
            allocator.validate();
        }
    }

    private long randomSize() {
        int dice = random.nextInt(1000);
        if (dice < 800) {
            return random.nextInt(600);
        }
        if (dice < 980) {
            return random.nextInt((int) Math.min(largest, 20_000) + 1);
        }
        return dice < 995 ? someMagnitude() : random.nextInt((int) largest + 1);
    }

    /** As likely between any number and its double: borders between sizes lie at all magnitudes. */
    private long someMagnitude() {
        return Math.min(largest, (long) Math.exp(random.nextDouble() * Math.log(largest + 1.0)));
    }

    private void allocate() {
        long byteSize = randomSize();
        long alignment = random.nextInt(10) == 0 ? 16L << random.nextInt(6) : 8;
        boolean zeroed = random.nextBoolean();
        long address = zeroed ? allocator.allocateZeroed(byteSize, alignment) : allocator.allocate(byteSize, alignment);
        if (address == OffHeapAllocator.NULL) {
            refused++;
            return;
        }
        expect((address & (alignment - 1)) == 0, "aligned");
        if (zeroed) {
            Contents.checkZero(address, byteSize);
        }
        add(address, byteSize);
    }

    private void add(long address, long byteSize) {
        Map.Entry<Long, Long> below = live.floorEntry(address);
        expect(below == null || below.getKey() + Math.max(1, below.getValue()) <= address, "overlaps the block below");
        Long above = live.higherKey(address);
        expect(above == null || address + byteSize <= above, "overlaps the block above");
        expect(allocator.usableSize(address) >= byteSize, "usable size");
        Contents.write(address, byteSize, address ^ seed);
        live.put(address, byteSize);
        addresses.add(address);
    }

    private long takeAny() {
        int index = random.nextInt(addresses.size());
        long address = addresses.get(index);
        long last = addresses.remove(addresses.size() - 1);
        if (index < addresses.size()) {
            addresses.set(index, last);
        }
        Contents.check(address, live.getOrDefault(address, 0L), address ^ seed);
        return address;
    }

    private void free() {
        long address = takeAny();
        live.remove(address);
        FreeOutcome outcome = allocator.free(address);
        expect(outcome == FreeOutcome.FREED, "a live block is freed");
    }

    private void reallocate() {
        long address = takeAny();
        long before = live.getOrDefault(address, 0L);
        live.remove(address);
        long byteSize = randomSize();
        long moved = allocator.reallocate(address, byteSize);
        if (moved == OffHeapAllocator.NULL) {
            refused++;
            add(address, before);
            return;
        }
        Contents.check(moved, Math.min(before, byteSize), address ^ seed);
        add(moved, byteSize);
    }

    private static void expect(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("does not hold: " + what);
        }
    }
}
