// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.exchange;

import java.io.IOException;

/** A bundle or key that cannot be used; the message is one line: which file, what is wrong, what to do. */
public final class BundleException extends IOException {

    private static final long serialVersionUID = 1L;

    BundleException(String message) {
        super(message);
    }

    BundleException(String message, Throwable cause) {
        super(message, cause);
    }
}
