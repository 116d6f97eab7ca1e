// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import java.util.Iterator;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the class that links a downcall handle, and knows which ones keep the blocks that they allocate by it to themselves.
 *
 * <p>Any thread, inside a hook in the linker. It walks the stack, which nobody does but at linking.
 */
public final class LinkingClass implements Function<Stream<StackWalker.StackFrame>, @Nullable Class<?>> {

    /** Netty's cleaner over malloc and free: who holds one of its blocks holds it through an object that frees it. */
    public static final String NETTY_CLEANER = "netty.util.internal.CleanerJava24Linker";

    /** Infinispan's memory of off-heap containers on Java 22 and later: its interface hands out addresses and takes them back. */
    public static final String INFINISPAN_MEMORY = "infinispan.commons.jdkspecific.UnsafeMemoryAddressOffHeapMemory";

    private static final String LINKER_PACKAGE = "jdk.internal.foreign.abi.";
    private static final String HANDLE_PACKAGE = "java.lang.invoke.";

    private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private LinkingClass() {}

    /** The class whose code called the linker that has called us, or null. */
    public static @Nullable Class<?> find() {
        return WALKER.walk(new LinkingClass());
    }

    /** The first class below the linker, but for what calls it for others. */
    @Override
    public @Nullable Class<?> apply(Stream<StackWalker.StackFrame> frames) {
        boolean isBelowLinker = false;
        for (Iterator<StackWalker.StackFrame> each = frames.iterator(); each.hasNext(); ) {
            Class<?> type = each.next().getDeclaringClass();
            boolean isLinker = type.getName().startsWith(LINKER_PACKAGE);
            if (isBelowLinker && !isLinker && !type.getName().startsWith(HANDLE_PACKAGE)) {
                return type;
            }
            isBelowLinker |= isLinker;
        }
        return null;
    }

    /** Whether all blocks that a class allocates from here on through handles of its own come back through its own. */
    public static boolean keepsBlocks(Class<?> type) {
        return keepsBlocks(type.getName()) && !RunState.mayHaveLinkedBefore(type);
    }

    /** Whether all blocks that a class allocates through handles of its own are freed through its own, by name: shaded copies and nested classes too. */
    static boolean keepsBlocks(String className) {
        int nested = className.indexOf('$', className.lastIndexOf('.') + 1);
        String name = nested < 0 ? className : className.substring(0, nested);
        return isOrEndsWith(name, NETTY_CLEANER) || isOrEndsWith(name, INFINISPAN_MEMORY);
    }

    private static boolean isOrEndsWith(String name, String keeper) {
        int prefix = name.length() - keeper.length();
        return name.endsWith(keeper) && (prefix == 0 || name.charAt(prefix - 1) == '.');
    }
}
