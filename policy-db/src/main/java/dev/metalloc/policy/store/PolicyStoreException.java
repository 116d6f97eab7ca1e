// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import org.jspecify.annotations.Nullable;

/** The store cannot do what was asked; the message is one line: which file, what is wrong, what to do. */
public final class PolicyStoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public PolicyStoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
