// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import dev.metalloc.profiler.api.EntryPoint;
import org.jspecify.annotations.Nullable;

/**
 * What serves the calls of one method through one entry point: an allocator of its own, the JDK, or, for the sizes of which the plan
 * says nothing here, whatever serves all other sites.
 *
 * <p>Any thread. The fields are constants to the JIT where the runtime lives, so each calling site is bound to its allocator.
 */
public final class ServedSite {

    /** The answer that stands for the JDK. */
    public static final long LEFT = -1;

    private final EntryPoint entryPoint;
    private final String method;
    private final @Nullable ServedEntry entry;
    // Ends of the ranges left to the JDK: smallest and largest in turn.
    private final long[] leftSizes;
    private final MissedCalls left = new MissedCalls();

    /**
     * @param method as {@code class.method}
     * @param entry null where the plan leaves the site to the JDK
     * @param leftSizes smallest and largest request of each range left to the JDK, in turn
     */
    public ServedSite(EntryPoint entryPoint, String method, @Nullable ServedEntry entry, long[] leftSizes) {
        this.entryPoint = entryPoint;
        this.method = method;
        this.entry = entry;
        this.leftSizes = leftSizes.clone();
    }

    /** A block, {@link #LEFT}, or 0 where the rules for all sites hold. */
    public long allocate(long byteSize) {
        if (leftSizes.length != 0 && isLeft(byteSize)) {
            left.add();
            return LEFT;
        }
        return entry != null && RunState.isServingSites() && !entry.hasDeparted() ? entry.allocate(byteSize) : 0;
    }

    private boolean isLeft(long byteSize) {
        for (int i = 0; i < leftSizes.length; i += 2) {
            if (byteSize >= leftSizes[i] && byteSize <= leftSizes[i + 1]) {
                return true;
            }
        }
        return false;
    }

    public EntryPoint entryPoint() {
        return entryPoint;
    }

    /** The method that calls, as {@code class.method}. */
    public String method() {
        return method;
    }

    /** Its own allocator, or null where it has none. */
    public @Nullable ServedEntry entry() {
        return entry;
    }

    /** Requests that went to the JDK because the plan says so. */
    public long leftCount() {
        return left.count();
    }
}
