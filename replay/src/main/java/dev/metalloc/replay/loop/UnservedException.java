// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.loop;

/** An allocator answered that it cannot serve a request. */
public final class UnservedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnservedException(long byteSize, long byteAlignment) {
        super("cannot serve " + byteSize + " bytes aligned to " + byteAlignment);
    }
}
