// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.peak;

/** Is told what a replay did; every method does nothing unless it is overridden. */
public interface ReplayObserver {

    /** Nobody looks. */
    ReplayObserver NONE = new ReplayObserver() {};

    /** A block was handed out and its pages were touched. */
    default void started(long address, long byteSize) {}

    /** A live block is about to be freed or reallocated. */
    default void ending(long address, long byteSize) {}

    /** An event, of any kind, is over. */
    default void eventDone() {}
}
