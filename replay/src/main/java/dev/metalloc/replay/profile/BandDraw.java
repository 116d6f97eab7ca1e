// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Draws the band of a thread's next block, each as likely as it has blocks left for the thread.
 *
 * <p>Confined.
 */
final class BandDraw {

    private final List<BlockSource> sources;
    private final ThreadSizes threadSizes;
    private final Random random;
    private final List<Set<Integer>> missing = new ArrayList<>();

    /** @param sources the bands', in the order of the sizes' */
    BandDraw(List<BlockSource> sources, ThreadSizes threadSizes, Random random) {
        this.sources = sources;
        this.threadSizes = threadSizes;
        this.random = random;
    }

    /** Adds a thread by the bands of which its bursts have no block. */
    void addThread(Set<Integer> missingBands) {
        missing.add(missingBands);
    }

    /** Whether the thread's next block is of a band that its bursts do not have, which is so as often as they have blocks left. */
    boolean isOfMissing(int thread) {
        return random.nextDouble() * weight(thread, source -> true) < weight(thread, isMissing(thread));
    }

    BlockSource missing(int thread) {
        return draw(thread, isMissing(thread));
    }

    BlockSource any(int thread) {
        return draw(thread, source -> true);
    }

    private Predicate<BlockSource> isMissing(int thread) {
        return source -> missing.get(thread).contains(source.log2());
    }

    private double weight(int thread, Predicate<BlockSource> isMeant) {
        double sum = 0;
        for (int each = 0; each < sources.size(); each++) {
            sum += isMeant.test(sources.get(each)) ? weight(thread, each) : 0;
        }
        return sum;
    }

    private double weight(int thread, int source) {
        return sources.get(source).left() * threadSizes.weight(thread, source);
    }

    /** Where the thread has had all of its own, anybody's. */
    private BlockSource draw(int thread, Predicate<BlockSource> isMeant) {
        double ticket = random.nextDouble() * weight(thread, isMeant);
        for (int each = 0; each < sources.size(); each++) {
            BlockSource source = sources.get(each);
            ticket -= isMeant.test(source) ? weight(thread, each) : 0;
            if (source.left() > 0 && ticket < 0) {
                return source;
            }
        }
        return sources.stream().filter(source -> source.left() > 0).findFirst().orElseThrow();
    }
}
