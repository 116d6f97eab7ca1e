// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import java.io.FileInputStream;
import java.io.IOException;

/** What the calling thread ran on a processor so far, waiting left out; without the management beans, which would be loaded for it. */
final class ThreadCpuTime {

    private static final String FILE = "/proc/thread-self/schedstat";
    private static final int MOST_BYTES = 64;

    private ThreadCpuTime() {}

    /** Nanoseconds, or 0 where the kernel does not say. Source: the first number of schedstat, proc(5). */
    static long ofCallerNanos() {
        byte[] text = new byte[MOST_BYTES];
        try (FileInputStream in = new FileInputStream(FILE)) {
            int length = in.read(text);
            long nanos = 0;
            for (int i = 0; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
                nanos = nanos * 10 + (text[i] - '0');
            }
            return nanos;
        } catch (IOException e) {
            return 0;
        }
    }
}
