// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher;

import java.io.PrintStream;

/** Says on a terminal what is being done, in a line that goes away again; silent where nobody watches. */
public final class Progress {

    private final PrintStream err;
    private final boolean watched;

    public Progress(Surroundings surroundings) {
        this.err = surroundings.err();
        this.watched = surroundings.watched();
    }

    public void show(String what) {
        if (watched) {
            err.print("\r\u001b[K" + what + " …");
            err.flush();
        }
    }

    public void clear() {
        if (watched) {
            err.print("\r\u001b[K");
            err.flush();
        }
    }
}
