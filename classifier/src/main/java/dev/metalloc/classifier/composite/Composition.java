// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.classifier.Figures;
import java.util.ArrayList;
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
public record Composition(List<Part> parts, double nanosPerEvent, double peakBytes) {

    /**
     * One part.
     *
     * @param maxByteSize the largest size it serves; of the last part the largest there was
     */
    public record Part(String allocator, Map<String, String> parameters, long maxByteSize) {}

    public Composition {
        parts = List.copyOf(parts);
    }

    static Composition of(List<RangePart> parts, double nanosPerEvent, double peakBytes) {
        return new Composition(
                parts.stream()
                        .map(part -> new Part(part.allocator(), part.parameters(), part.maxByteSize()))
                        .toList(),
                nanosPerEvent,
                peakBytes);
    }

    /** The specification to make the allocator from. */
    public AllocatorSpec spec() {
        if (parts.size() == 1) {
            return new AllocatorSpec(parts.get(0).allocator(), parts.get(0).parameters());
        }
        Map<String, String> parameters = new TreeMap<>();
        parameters.put("parts", parts.stream().map(Part::allocator).collect(Collectors.joining(",")));
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

    /** {@code slab to 256 B, then segregated}. */
    public String text() {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            String name = part.allocator() + detail(part.parameters());
            words.add(i + 1 < parts.size() ? name + " to " + Figures.bytes(part.maxByteSize()) : name);
        }
        return String.join(", then ", words) + ": about " + Figures.nanos(nanosPerEvent) + " an event and "
                + Figures.bytes(peakBytes) + " at the peak";
    }

    private static String detail(Map<String, String> parameters) {
        if (parameters.containsKey("classes")) {
            return " of " + parameters.get("classes").split(",", -1).length + " classes";
        }
        return "0".equals(parameters.get("quickBytes")) ? " coalescing at once" : "";
    }
}
