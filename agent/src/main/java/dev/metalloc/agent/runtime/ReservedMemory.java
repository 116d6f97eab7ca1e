// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

/** The JDK's own account of direct memory, which keeps {@code -XX:MaxDirectMemorySize}. Any thread; nothing throws but where said. */
public abstract class ReservedMemory {

    /** Whether so much is left that a thread may hold a little of it that it does not use. */
    public abstract boolean isAmple();

    /** Gives bytes back that no buffer uses. */
    public abstract void giveBack(long byteSize);

    /** Returns when every thread has been seen between two of its steps: what each did before is known here. */
    public abstract void handshake();
}
