// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.calibrate;

import dev.metalloc.replay.timing.InterleavedTimer;
import dev.metalloc.replay.timing.Subject;
import dev.metalloc.replay.timing.Timing;
import dev.metalloc.replay.trace.TraceProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Measures allocators and the JDK's raw memory on this machine in some ten seconds. Used once, by one thread.
 *
 * <p>They do programs of one order of frees each in the loop that replays traces, and what the loop itself takes is subtracted.
 */
final class Calibrator {

    private static final InterleavedTimer.Effort EFFORT = new InterleavedTimer.Effort(200_000_000, 4_000_000, 9);
    private static final int EVENTS_PER_PAIR = 2;
    private static final long[] UNSAFE_BYTES = {16, 64, 1024, 4096, 65_536};

    private static final Subject LOOP = Subject.peer(Subject.LOOP);
    private static final Subject UNSAFE = Subject.peer(Subject.UNSAFE);
    private static final List<Subject> VARIANTS = List.of(
            Subject.ours("slab", "slab", Map.of()),
            Subject.ours("buddy", "buddy", Map.of("lock", "false")),
            Subject.ours("segregated", "segregated", Map.of("lock", "false")),
            Subject.ours(
                    "segregated.tight", "segregated", Map.of("lock", "false", "quickBytes", "0", "spacing", "64")));
    private static final Set<String> SHARED_LABELS = Set.of("slab", "buddy", "segregated");
    private static final String GROWN = "grown";

    private final Calibration calibration = new Calibration();

    Calibration calibrate() {
        order("fifo", OrderPrograms.fifo(), VARIANTS);
        order("lifo", OrderPrograms.lifo(), VARIANTS);
        order("random", OrderPrograms.random(), VARIANTS);
        order(GROWN, OrderPrograms.grown(), VARIANTS);
        for (long byteSize : UNSAFE_BYTES) {
            Map<Subject, Timing> timings = time(OrderPrograms.pairs(byteSize), List.of(UNSAFE));
            calibration.put("jdk.UNSAFE", byteSize, net(timings, UNSAFE));
        }
        return calibration;
    }

    private void order(String order, TraceProgram program, List<Subject> variants) {
        Map<Subject, Timing> timings = time(program, variants);
        for (Subject variant : variants) {
            Timing net = net(timings, variant);
            calibration.put("block." + variant.label() + "." + order, net);
            if (SHARED_LABELS.contains(variant.label()) && !order.equals(GROWN)) {
                calibration.put("allocator." + variant.label() + "." + order, net);
            }
        }
    }

    private static Map<Subject, Timing> time(TraceProgram program, List<Subject> subjects) {
        List<Subject> all = new ArrayList<>(subjects);
        all.add(LOOP);
        return new InterleavedTimer(EFFORT).time(program, all);
    }

    /** A pair, without the loop. */
    private static Timing net(Map<Subject, Timing> timings, Subject subject) {
        Timing timing = timings.get(subject);
        Timing loop = timings.get(LOOP);
        if (timing == null || loop == null) {
            throw new IllegalStateException(subject.label() + " could not be measured (see metalloc doctor)");
        }
        Timing event = difference(timing, loop);
        return new Timing(EVENTS_PER_PAIR * event.nanosPerEvent(), EVENTS_PER_PAIR * event.nanosPerEventError());
    }

    private static Timing difference(Timing whole, Timing part) {
        return new Timing(
                Math.max(0, whole.nanosPerEvent() - part.nanosPerEvent()),
                Math.hypot(whole.nanosPerEventError(), part.nanosPerEventError()));
    }
}
