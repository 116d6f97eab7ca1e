// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.calibrate;

import dev.metalloc.allocators.AllocatorCatalog;
import dev.metalloc.allocators.Allocators;
import dev.metalloc.replay.loop.NativePeer;
import dev.metalloc.replay.timing.InterleavedTimer;
import dev.metalloc.replay.timing.Subject;
import dev.metalloc.replay.timing.Timing;
import dev.metalloc.replay.trace.TraceProgram;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures allocators and the JDK's raw memory on this machine in some twenty seconds. Used once, by one thread.
 *
 * <p>They do programs of one order of frees each in the loop that replays traces, and what the loop itself takes is subtracted.
 */
final class Calibrator {

    private static final InterleavedTimer.Effort EFFORT =
            new InterleavedTimer.Effort(300_000_000, 4_000_000, 11, 300_000_000, 1);
    private static final int EVENTS_PER_PAIR = 2;
    private static final long[] JDK_BYTES = {16, 64, 1024, 4096, 65_536};

    private static final Subject LOOP = Subject.peer(Subject.LOOP);
    private static final Subject UNSAFE = Subject.peer(Subject.UNSAFE);
    private static final Subject DOWNCALL = Subject.peer(Subject.DOWNCALL);
    private static final String LOCK = "lock";
    private static final String LIFO = "lifo";
    // With sizes made for the programs, as the chooser makes them.
    private static final Map<String, String> QUICK =
            Map.of("quickBytes", "65536", "spacing", "4", "sizes", "144,208,240,400,512,1008,1408,2000,3008");
    private static final Subject SEGREGATED = Subject.ours("segregated", "segregated", with(QUICK, LOCK, "false"));
    private static final Subject LOCKED = Subject.ours("locked", "segregated", QUICK);
    // Slabs as small as the chooser makes them for programs of a few megabytes.
    private static final Map<String, String> SLAB_CLASSES = Map.of(
            "slabBytes",
            "16384",
            "classes",
            "16,32,48,64,96,128,192,256,400,640,1008,1408,2000,3008," + OrderPrograms.LARGEST_BYTES);
    private static final Subject SLAB = Subject.ours("slab", "slab", with(SLAB_CLASSES, LOCK, "false"));
    private static final Subject SHARED_SLAB = Subject.ours("shared", "slab", SLAB_CLASSES);
    private static final List<Subject> BUILT_IN = List.of(
            SLAB,
            Subject.ours("buddy", "buddy", Map.of("quickBytes", "65536", LOCK, "false")),
            SEGREGATED,
            Subject.ours("segregated.tight", "segregated", Map.of(LOCK, "false", "quickBytes", "0", "spacing", "64")));

    private static Map<String, String> with(Map<String, String> parameters, String name, String value) {
        Map<String, String> more = new HashMap<>(parameters);
        more.put(name, value);
        return more;
    }

    private final Calibration calibration = new Calibration();
    private Timing unsafeLifo = new Timing(0, 0);

    Calibration calibrate() {
        List<Subject> variants = new ArrayList<>(BUILT_IN);
        variants.addAll(thirdParties());
        variants.add(UNSAFE);
        order(LIFO, OrderPrograms.lifo(), variants);
        order("fifo", OrderPrograms.fifo(), variants);
        order("random", OrderPrograms.random(), variants);
        variants.remove(UNSAFE);
        order("grown", OrderPrograms.grown(), variants);
        locks();
        shared(variants.stream().map(Calibrator::locked).toList());
        jdk();
        return calibration;
    }

    /** What the JDK itself asks malloc for, and what applications do by handles, if the C library is where it is looked for. */
    private void jdk() {
        boolean hasHandles = NativePeer.GLIBC.library().isPresent();
        for (long byteSize : JDK_BYTES) {
            Map<Subject, Timing> timings =
                    time(OrderPrograms.pairs(byteSize), hasHandles ? List.of(UNSAFE, DOWNCALL) : List.of(UNSAFE));
            calibration.put("jdk.UNSAFE", byteSize, net(timings, UNSAFE));
            if (hasHandles) {
                calibration.put("jdk.MALLOC_DOWNCALL", byteSize, net(timings, DOWNCALL));
            }
        }
    }

    /** Allocators that others brought, with the parameters that the chooser would give them: none. */
    private static List<Subject> thirdParties() {
        return AllocatorCatalog.load(Calibrator.class.getClassLoader()).traits().stream()
                .filter(traits -> !Allocators.isBuiltIn(traits.name())
                        && traits.freesSingleBlocks()
                        && traits.serves(OrderPrograms.LARGEST_BYTES, 1))
                .map(traits -> Subject.ours(traits.name(), traits.name(), Map.of()))
                .toList();
    }

    private static Subject locked(Subject variant) {
        Map<String, String> parameters = new HashMap<>(variant.parameters());
        parameters.remove(LOCK);
        return Subject.ours(variant.label(), variant.allocator(), parameters);
    }

    private void order(String order, TraceProgram program, List<Subject> variants) {
        Map<Subject, Timing> timings = time(program, variants);
        for (Subject variant : variants) {
            Timing pair = net(timings, variant);
            if (!variant.equals(UNSAFE)) {
                calibration.put(name(variant, order), pair);
            } else if (order.equals(LIFO)) {
                unsafeLifo = pair;
            } else {
                calibration.put("jdk." + order, difference(pair, unsafeLifo));
            }
        }
    }

    private void locks() {
        Map<Subject, Timing> timings = time(OrderPrograms.lifo(), List.of(SEGREGATED, LOCKED, SLAB, SHARED_SLAB));
        Timing bare = net(timings, SEGREGATED);
        calibration.put("block.lock", difference(net(timings, LOCKED), bare));
        calibration.put("block.slab.lock", difference(net(timings, SHARED_SLAB), net(timings, SLAB)));
    }

    private void shared(List<Subject> variants) {
        Map<Subject, Timing> alone = time(OrderPrograms.turns(1), variants);
        Map<Subject, Timing> inTurn = time(OrderPrograms.turns(2), variants);
        for (Subject variant : variants) {
            calibration.put(name(variant, "shared"), difference(net(inTurn, variant), net(alone, variant)));
        }
    }

    private static String name(Subject variant, String figure) {
        return "block." + variant.label() + "." + figure;
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
