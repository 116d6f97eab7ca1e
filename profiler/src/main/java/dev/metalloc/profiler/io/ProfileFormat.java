// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.io;

import java.nio.charset.StandardCharsets;

/** The numbers of the file format; the layout is in the package's description. */
final class ProfileFormat {
    static final int MAGIC = name("MPRF");
    static final int VERSION = 1;
    static final int HEADER_BYTES = 16;
    static final int CHECKSUM_BYTES = 4;
    static final int SECTION_HEADER_BYTES = 8;

    /** Of a file, and of what a reader makes of it: profiles of large programs take a few megabytes. */
    static final long MAX_BYTES = 256L << 20;

    static final int STRINGS = name("STRS");
    static final int RUN = name("RUNI");
    static final int ENTRY_POINTS = name("ENTR");
    static final int SITES = name("SITE");
    static final int THREADS = name("THRD");
    static final int TIME_LINE = name("TIME");
    static final int COST = name("COST");
    /** Those that the first files do not have. */
    static final int CHAINS = name("CHNS");

    static final int THREAD_HISTOGRAMS = name("THHI");
    static final int RANGE_PEAKS = name("RNGP");
    static final int BURSTS = name("BRST");
    static final int NATIVE_FREES = name("NFRE");
    static final int THREAD_TURNS = name("TURN");
    static final int SITE_BEHAVIOUR = name("SBEH");
    static final int ENTRY_TIME_LINES = name("ETIM");
    static final int CALLERS = name("CALL");
    static final int HEAPS = name("HEAP");

    private ProfileFormat() {}

    static String name(int section) {
        byte[] bytes = {(byte) (section >>> 24), (byte) (section >>> 16), (byte) (section >>> 8), (byte) section};
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static int name(String letters) {
        return (letters.charAt(0) << 24) | (letters.charAt(1) << 16) | (letters.charAt(2) << 8) | letters.charAt(3);
    }
}
