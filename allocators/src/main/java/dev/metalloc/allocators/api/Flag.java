// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.api;

/**
 * What a program does with off-heap memory, and what an allocator suits: one vocabulary for both sides.
 *
 * <p>A profile raises flags with a strength and evidence; an allocator's traits name those it suits and those it must not
 * get.
 */
public enum Flag {
    SHORT_RUN,
    LONG_RUN,
    FEW_FREES,
    BULK_FREE,
    LIFO_FREE,
    FIFO_FREE,
    RANDOM_FREE,
    SHORT_LIVED,
    LONG_LIVED,
    MIXED_LIVED,
    FIXED_SIZE,
    FEW_SIZES,
    MANY_SIZES,
    POWER_OF_TWO,
    SMALL,
    MEDIUM,
    LARGE,
    HUGE,
    GROWING,
    SINGLE_THREAD,
    MANY_THREADS,
    VIRTUAL_THREADS,
    THREAD_CHURN,
    REMOTE_FREE,
    PRODUCER_CONSUMER,
    ALIGNED,
    ZERO_NEEDED,
    PHASED,
    BURSTY,
    FRAGMENTATION_PRONE,
    LOW_RATE
}
