// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher;

/** The exit codes scripts may rely on. */
public final class ExitCodes {

    public static final int WELL = 0;
    public static final int FAILED = 1;
    public static final int BAD_USAGE = 2;

    private ExitCodes() {}
}
