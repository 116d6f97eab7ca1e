// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import java.lang.foreign.Arena;

/** Allocates a little, says so, and ends as it is told: with an exit code, or not before somebody ends it. */
public final class PatientApplication {

    static final int ALLOCATION_COUNT = 100;

    private PatientApplication() {}

    /** One argument: the exit code, or {@code wait}. */
    public static void main(String[] arguments) throws InterruptedException {
        long sum = 0;
        for (int i = 0; i < ALLOCATION_COUNT; i++) {
            try (Arena arena = Arena.ofConfined()) {
                sum += arena.allocate(64).byteSize();
            }
        }
        System.out.println("allocated " + sum);
        if (arguments[0].equals("wait")) {
            Thread.currentThread().join();
        }
        System.exit(Integer.parseInt(arguments[0]));
    }
}
