// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.calibrate;

/** Measures in a JVM of its own and prints properties for the cost model. */
public final class CalibrateMain {

    private CalibrateMain() {}

    /** No arguments. */
    public static void main(String[] arguments) {
        try {
            System.out.print(new Calibrator().calibrate().text());
        } catch (IllegalStateException e) {
            System.err.println("metalloc: " + e.getMessage());
            System.exit(1);
        }
    }
}
