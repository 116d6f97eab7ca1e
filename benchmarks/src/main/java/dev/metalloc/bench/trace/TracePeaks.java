// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.trace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Prints for each trace what memory each allocator takes: ours beside the native peers, each peer in a process of its own.
 *
 * <p>Arguments: traces. Ours are counted in bytes committed by the chunk source, the peers as {@link PeerFootprint} says.
 */
public final class TracePeaks {

    private static final double KIB = 1024.0;

    private TracePeaks() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 0) {
            System.err.println("trace-peaks: no trace given (usage: trace-peaks TRACE...)");
            System.exit(2);
        }
        try {
            for (String argument : arguments) {
                print(Path.of(argument));
            }
        } catch (IOException e) {
            System.err.println("trace-peaks: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void print(Path trace) throws IOException, InterruptedException {
        List<TraceFootprint> ours = OurFootprints.measure(trace);
        System.out.printf(
                "%n%s: %,d events, peak requested %.1f KiB%n",
                trace.getFileName(), ours.get(0).events(), ours.get(0).peakRequestedBytes() / KIB);
        System.out.printf("  %-34s %16s %16s %14s%n", "allocator", "committed KiB", "waste KiB", "heap KiB");
        List<TraceFootprint> peers = new ArrayList<>();
        for (NativePeer peer : NativePeer.values()) {
            Optional<TraceFootprint> footprint = PeerProcess.measure(peer, trace);
            footprint.ifPresentOrElse(
                    found -> {
                        peers.add(found);
                        printRow(found);
                    },
                    () -> System.out.printf("  %-34s absent%n", peer.label()));
        }
        ours.forEach(TracePeaks::printRow);
        least(ours).ifPresent(best -> least(peers).ifPresent(peer -> printVerdict(best, peer)));
    }

    private static void printRow(TraceFootprint footprint) {
        System.out.printf(
                "  %-34s %16.1f %16.1f %14.1f%n",
                footprint.allocator(),
                footprint.peakCommittedBytes() / KIB,
                footprint.wasteAtPeakBytes() / KIB,
                footprint.heapBytes() / KIB);
    }

    private static Optional<TraceFootprint> least(List<TraceFootprint> footprints) {
        return footprints.stream().min(Comparator.comparingLong(TraceFootprint::peakCommittedBytes));
    }

    private static void printVerdict(TraceFootprint ours, TraceFootprint peer) {
        System.out.printf(
                "  least: %s %.1f KiB, %s %.1f KiB: ours is %+.1f %%%n",
                ours.allocator(),
                ours.peakCommittedBytes() / KIB,
                peer.allocator(),
                peer.peakCommittedBytes() / KIB,
                100.0 * ours.peakCommittedBytes() / peer.peakCommittedBytes() - 100);
    }
}
