// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

/** Asks for no off-heap memory. */
public final class NoMemory {

    private NoMemory() {}

    public static void main(String[] arguments) {
        System.out.println("no memory");
    }
}
