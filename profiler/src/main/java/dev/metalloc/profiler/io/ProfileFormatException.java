// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.io;

import java.io.IOException;

/** A file is no profile that this version can read; the message is one line and says why. */
public final class ProfileFormatException extends IOException {
    private static final long serialVersionUID = 1;

    ProfileFormatException(String message) {
        super(message);
    }
}
