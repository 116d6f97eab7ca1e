// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPointProfile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;

/**
 * Blocks that are due and wait for some more, so that all are freed in the order of the profile: falling age, rising, or none. Those that lived so
 * briefly that waiting would change it are freed at once.
 *
 * <p>One for each thread; confined.
 */
final class FreeBatch {

    private static final int BLOCKS = 16;
    // A block may live longer by a quarter.
    private static final int WAITS_IN_LIFETIME = 4;

    private record Due(BlockSource source, BlockEnding ending) {}

    private final List<Due> waiting = new ArrayList<>();
    private final double newestFirstRatio;
    private final double oldestFirstRatio;
    private final double batchBytes;

    FreeBatch(EntryPointProfile entryPoint) {
        double frees = Math.max(1.0, (double) entryPoint.freeCount());
        newestFirstRatio = sum(entryPoint, BandProfile::lifoFreeCount) / frees;
        oldestFirstRatio = sum(entryPoint, BandProfile::fifoFreeCount) / frees;
        batchBytes = BLOCKS * (double) entryPoint.allocateBytes() / frees;
    }

    private static double sum(EntryPointProfile entryPoint, ToLongFunction<BandProfile> count) {
        return (double) entryPoint.bands().stream().mapToLong(count).sum();
    }

    /** A block is due; it is freed now or later. */
    void add(BlockSource source, BlockEnding ending, Random random, BiConsumer<BlockSource, BlockEnding> free) {
        if (ending.atBytes() - ending.fromBytes() < WAITS_IN_LIFETIME * batchBytes) {
            free.accept(source, ending);
            return;
        }
        waiting.add(new Due(source, ending));
        if (waiting.size() < BLOCKS) {
            return;
        }
        double ticket = random.nextDouble();
        Comparator<Due> byAge = Comparator.comparingInt(due -> due.ending().block());
        if (ticket < newestFirstRatio) {
            waiting.sort(byAge.reversed());
        } else if (ticket < newestFirstRatio + oldestFirstRatio) {
            waiting.sort(byAge);
        } else {
            Collections.shuffle(waiting, random);
        }
        waiting.forEach(due -> free.accept(due.source(), due.ending()));
        waiting.clear();
    }
}
