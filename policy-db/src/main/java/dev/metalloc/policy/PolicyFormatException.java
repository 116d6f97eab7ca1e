// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy;

import java.io.IOException;

/** A policy text that cannot be used; the message is one line: which file, which field or line, what is wrong. */
public final class PolicyFormatException extends IOException {

    private static final long serialVersionUID = 1L;

    public PolicyFormatException(String message) {
        super(message);
    }
}
