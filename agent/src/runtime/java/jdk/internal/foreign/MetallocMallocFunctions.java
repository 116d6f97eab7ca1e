// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodType;
import java.util.Optional;

/** The functions of malloc's family, known by their symbols' addresses, and what handles of them are made of. Any thread. */
final class MetallocMallocFunctions {

    /** None of them. */
    static final int NONE = 0;

    static final int MALLOC = 1;
    static final int CALLOC = 2;
    static final int REALLOC = 3;
    static final int FREE = 4;

    private static final long MALLOC_ADDRESS = addressOf("malloc");
    private static final long CALLOC_ADDRESS = addressOf("calloc");
    private static final long REALLOC_ADDRESS = addressOf("realloc");
    private static final long FREE_ADDRESS = addressOf("free");

    private MetallocMallocFunctions() {}

    private static long addressOf(String symbol) {
        SymbolLookup lookup = Linker.nativeLinker().defaultLookup();
        Optional<MemorySegment> found = lookup.find(symbol);
        return found.isPresent() ? found.get().address() : -1L;
    }

    /** One of the constants. */
    static int at(long address) {
        if (address == MALLOC_ADDRESS) {
            return MALLOC;
        }
        if (address == CALLOC_ADDRESS) {
            return CALLOC;
        }
        if (address == REALLOC_ADDRESS) {
            return REALLOC;
        }
        return address == FREE_ADDRESS ? FREE : NONE;
    }

    static boolean isPointer(Class<?> type) {
        return type == MemorySegment.class || type == long.class;
    }

    /** Whether a handle is of C's own declaration, with no options; its pointers are longs, or segments of no size. */
    static boolean isPlain(int function, MethodType type, FunctionDescriptor descriptor, Linker.Option[] options) {
        if (options.length > 0 || answersSized(descriptor)) {
            return false;
        }
        Class<?> answer = type.returnType();
        return switch (function) {
            case MALLOC -> isPointer(answer) && type.equals(MethodType.methodType(answer, long.class));
            case CALLOC -> isPointer(answer) && type.equals(MethodType.methodType(answer, long.class, long.class));
            case REALLOC -> isPointer(answer) && type.equals(MethodType.methodType(answer, answer, long.class));
            default -> type.parameterCount() == 1 && isPointer(type.parameterType(0)) && answer == void.class;
        };
    }

    private static boolean answersSized(FunctionDescriptor descriptor) {
        Optional<MemoryLayout> answer = descriptor.returnLayout();
        return answer.isPresent()
                && answer.get() instanceof AddressLayout address
                && address.targetLayout().isPresent();
    }

    /** 0 where the JDK will refuse to pass the segment on. */
    static long usableAddress(MemorySegment segment) {
        return segment != null
                        && segment.isNative()
                        && segment.scope().isAlive()
                        && segment.isAccessibleBy(Thread.currentThread())
                ? segment.address()
                : 0;
    }
}
