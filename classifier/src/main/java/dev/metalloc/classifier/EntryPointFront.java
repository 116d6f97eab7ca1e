// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import dev.metalloc.classifier.composite.Composition;
import dev.metalloc.profiler.api.EntryPoint;
import java.util.List;

/**
 * The compositions for an entry point's single blocks of which none is beaten in both time and memory.
 *
 * @param chosen the one that the objective takes; a part of it may still be left for saving too little
 * @param compositions the fastest first
 */
public record EntryPointFront(EntryPoint entryPoint, Composition chosen, List<Composition> compositions) {

    public EntryPointFront {
        compositions = List.copyOf(compositions);
    }
}
