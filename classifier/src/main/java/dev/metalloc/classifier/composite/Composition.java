// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Parts that serve all sizes together, the smallest first.
 *
 * @param nanosPerEvent expected: for ranking only
 * @param peakBytes expected to be held at the peak
 */
public record Composition(List<RangePart> parts, double nanosPerEvent, double peakBytes) {

    /** The one that holds less first where the time is the same. */
    static final Comparator<Composition> FASTEST_FIRST =
            Comparator.comparingDouble(Composition::nanosPerEvent).thenComparingDouble(Composition::peakBytes);

    public Composition {
        parts = List.copyOf(parts);
    }

    /**
     * The specification to make the allocator from.
     *
     * @throws IllegalStateException where a part is left: that is no allocator's
     */
    public AllocatorSpec spec() {
        if (parts.stream().anyMatch(part -> part.allocator().equals(Verdict.LEAVE))) {
            throw new IllegalStateException("parts: " + text() + " (expected: allocators only)");
        }
        if (parts.size() == 1) {
            return new AllocatorSpec(parts.get(0).allocator(), parts.get(0).parameters());
        }
        Map<String, String> parameters = new TreeMap<>();
        parameters.put("parts", parts.stream().map(RangePart::allocator).collect(Collectors.joining(",")));
        parameters.put(
                "limits",
                parts.subList(0, parts.size() - 1).stream()
                        .map(part -> String.valueOf(part.maxByteSize()))
                        .collect(Collectors.joining(",")));
        for (int i = 0; i < parts.size(); i++) {
            String prefix = i + ".";
            parts.get(i).parameters().forEach((name, value) -> parameters.put(prefix + name, value));
        }
        return new AllocatorSpec("composite", parameters);
    }

    /** {@code slab to 256 B, then segregated: about 12 ns an event and 3 MiB at the peak}. */
    public String text() {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            RangePart part = parts.get(i);
            String name = part.allocator() + detail(part);
            words.add(i + 1 < parts.size() ? name + " to " + Figures.bytes(part.maxByteSize()) : name);
        }
        return String.join(", then ", words) + ": about " + Figures.nanos(nanosPerEvent) + " an event and "
                + Figures.bytes(peakBytes) + " at the peak";
    }

    private static String detail(RangePart part) {
        if (part.classCount() > 0) {
            return " of " + part.classCount() + (part.classCount() == 1 ? " class" : " classes");
        }
        String share = part.parameters().get("quickShare");
        if (share != null) {
            return " keeping 1/" + share + " whole";
        }
        return "0".equals(part.parameters().get("quickBytes")) ? " coalescing at once" : "";
    }
}
