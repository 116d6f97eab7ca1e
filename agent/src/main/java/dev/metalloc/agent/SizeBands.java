// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.allocators.Allocators;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.composite.CompositeAllocator;
import dev.metalloc.allocators.composite.RefusingAllocator;
import dev.metalloc.allocators.source.ChunkSource;
import dev.metalloc.policy.plan.PlanRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The rules that share an entry point, by size: each is a band that reaches down to the one below. Between two that are served there may be one that
 * is left to the JDK; below the first and above the last there is nothing to leave.
 */
final class SizeBands {

    private final List<PlanRule> rules;

    private SizeBands(List<PlanRule> rules) {
        this.rules = rules;
    }

    /** At most four of them may be served. */
    static SizeBands of(List<PlanRule> rules) {
        List<PlanRule> sorted = new ArrayList<>(rules);
        sorted.sort(new BySize());
        List<PlanRule> bands = new ArrayList<>();
        int servedCount = 0;
        for (PlanRule rule : sorted) {
            boolean isAfterLeave =
                    !bands.isEmpty() && bands.get(bands.size() - 1).isLeave();
            if (!rule.isLeave()) {
                servedCount++;
                bands.add(rule);
            } else if (isAfterLeave) {
                bands.set(bands.size() - 1, rule);
            } else if (!bands.isEmpty()) {
                bands.add(rule);
            }
        }
        if (!bands.isEmpty() && bands.get(bands.size() - 1).isLeave()) {
            bands.remove(bands.size() - 1);
        }
        if (servedCount > CompositeAllocator.MAX_PARTS) {
            throw new IllegalArgumentException(sorted.get(0).entryPoint() + ": " + servedCount
                    + " rules that are not leave (expected: at most " + CompositeAllocator.MAX_PARTS + ")");
        }
        return new SizeBands(bands);
    }

    boolean isEmpty() {
        return rules.isEmpty();
    }

    /** Of two that are left side by side the upper one stands for both. */
    List<PlanRule> rules() {
        return rules;
    }

    /** An allocator for each band. */
    OffHeapAllocator[] parts(ChunkSource source) {
        OffHeapAllocator[] parts = new OffHeapAllocator[rules.size()];
        for (int i = 0; i < parts.length; i++) {
            PlanRule rule = rules.get(i);
            parts[i] = rule.isLeave() ? new RefusingAllocator() : allocator(rule, source);
        }
        return parts;
    }

    /** None that cannot tell its own blocks: frees of others' would end the JVM. */
    private static OffHeapAllocator allocator(PlanRule rule, ChunkSource source) {
        for (Map.Entry<String, String> parameter : rule.spec().parameters().entrySet()) {
            boolean isParts = parameter.getKey().endsWith("parts");
            if (isParts
                    && Arrays.asList(parameter.getValue().split("\\s*,\\s*", -1))
                            .contains(PlanRule.SYSTEM)) {
                throw new IllegalArgumentException(
                        PlanRule.SYSTEM + ": no part of another allocator (expected: a rule of its own)");
            }
        }
        return Allocators.create(SharedArenaRule.allocatorSpec(rule), source);
    }

    /** What serves all bands: more than four are a composite whose last part is one. */
    OffHeapAllocator whole(OffHeapAllocator[] parts) {
        return whole(parts, 0);
    }

    private OffHeapAllocator whole(OffHeapAllocator[] parts, int from) {
        int count = parts.length - from;
        if (count == 1) {
            return parts[from];
        }
        OffHeapAllocator[] direct =
                Arrays.copyOfRange(parts, from, from + Math.min(count, CompositeAllocator.MAX_PARTS));
        if (count > direct.length) {
            direct[direct.length - 1] = whole(parts, from + direct.length - 1);
        }
        long[] limits = new long[direct.length - 1];
        for (int i = 0; i < limits.length; i++) {
            limits[i] = rules.get(from + i).maxByteSize();
        }
        return new CompositeAllocator(direct, limits);
    }

    private static final class BySize implements Comparator<PlanRule> {
        @Override
        public int compare(PlanRule a, PlanRule b) {
            return Long.compare(a.minByteSize(), b.minByteSize());
        }
    }
}
