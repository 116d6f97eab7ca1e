// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OpenOrderTest {
    private final OpenOrder order = new OpenOrder();

    @Test
    void agreesWithASetOfOpenArenas() {
        SplittableRandom random = new SplittableRandom(7);
        TreeSet<Long> open = new TreeSet<>();
        for (int i = 0; i < 50_000; i++) {
            if (open.isEmpty() || (open.size() < 100 && random.nextBoolean())) {
                open.add(order.opened());
            } else if (random.nextInt(4) != 0) {
                assertEquals(true, order.closed(open.removeLast()));
            } else {
                long any = open.floor(open.first() + random.nextLong(open.last() - open.first() + 1));
                boolean recent = any > open.last() - OpenOrder.WINDOW + 100;
                boolean inOrder = order.closed(any);
                assertFalse(inOrder && any != open.last());
                assertFalse(recent && !inOrder && any == open.last());
                open.remove(any);
            }
        }
    }

    @Test
    void arenasOlderThanTheWindowAreTakenForOutOfOrder() {
        ArrayDeque<Long> all = new ArrayDeque<>();
        for (int i = 0; i <= OpenOrder.WINDOW; i++) {
            all.add(order.opened());
        }
        assertFalse(order.closed(all.removeFirst()));
    }
}
