// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.plan;

import java.io.IOException;

/** A plan file that cannot be used; the message is one line: which file, what is wrong, what to do. */
public final class PlanFormatException extends IOException {

    private static final long serialVersionUID = 1L;

    PlanFormatException(String message) {
        super(message);
    }
}
