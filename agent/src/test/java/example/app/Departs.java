// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Follows its profile (raw blocks of 64 bytes, freed by their own thread, few at a time) and then departs from it in the way asked
 * for, until the agent has noticed, or for so many rounds.
 */
public final class Departs {

    private static final int ROUND = 20_000;
    private static final long BLOCK_BYTES = 64;
    private static final long OTHER_BYTES = 6_000;
    private static final int FIRST_ROUNDS = 20;

    private Departs() {}

    public static void main(String[] arguments) throws Exception {
        ArrayDeque<Long> early = new ArrayDeque<>();
        for (int i = 0; i < ROUND; i++) {
            early.add(marked(BLOCK_BYTES));
        }
        for (int round = 0; round < FIRST_ROUNDS; round++) {
            pairs(BLOCK_BYTES);
        }
        int mostRounds = Integer.parseInt(arguments[1]);
        int rounds = 0;
        while (rounds < mostRounds && driftCount() == 0) {
            depart(arguments[0], early);
            rounds++;
        }
        System.out.println(driftCount() == 0 ? "no drift" : "drift");
        pairs(BLOCK_BYTES);
        long wrong = 0;
        while (!early.isEmpty()) {
            long address = early.remove();
            wrong += RawMemory.longAt(address) == address ? 0 : 1;
            RawMemory.free(address);
        }
        System.out.println("wrong blocks " + wrong);
    }

    private static void depart(String how, ArrayDeque<Long> early) throws Exception {
        switch (how) {
            case "sizes" -> pairs(OTHER_BYTES);
            case "threads" -> freeElsewhere();
            case "memory" -> {
                for (int i = 0; i < ROUND; i++) {
                    early.add(marked(BLOCK_BYTES));
                }
            }
            case "frames" -> {
                for (int i = 0; i < ROUND; i++) {
                    try (Arena arena = Arena.ofConfined()) {
                        arena.allocate(OTHER_BYTES);
                        arena.allocate(OTHER_BYTES);
                    }
                }
            }
            default -> pairs(BLOCK_BYTES);
        }
    }

    private static long marked(long byteSize) {
        long address = RawMemory.allocate(byteSize);
        RawMemory.putLong(address, address);
        return address;
    }

    private static void pairs(long byteSize) {
        for (int i = 0; i < ROUND; i++) {
            RawMemory.free(marked(byteSize));
        }
    }

    private static void freeElsewhere() throws InterruptedException {
        long[] blocks = new long[ROUND];
        for (int i = 0; i < ROUND; i++) {
            blocks[i] = marked(BLOCK_BYTES);
        }
        Thread other = new Thread(() -> {
            for (long block : blocks) {
                RawMemory.free(block);
            }
        });
        other.start();
        other.join();
    }

    private static int driftCount() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("dev.metalloc:type=Dispatch");
        return server.isRegistered(name) ? ((String[]) server.getAttribute(name, "Drifts")).length : 0;
    }
}
