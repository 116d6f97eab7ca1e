// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.netty.util.internal;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** Has the name of Netty's cleaner; each class in it links handles for itself. */
public final class CleanerJava24Linker {

    private CleanerJava24Linker() {}

    /** Links functions of the C library by its own class. */
    public interface Linking {
        MethodHandle link(String symbol, FunctionDescriptor function, Linker.Option... options);
    }

    /** Of all shapes that are served. */
    public static final class Plain implements Linking {
        @Override
        public MethodHandle link(String symbol, FunctionDescriptor function, Linker.Option... options) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().find(symbol).orElseThrow(), function, options);
        }
    }

    /** Of a free with options only. */
    public static final class Unusual implements Linking {
        @Override
        public MethodHandle link(String symbol, FunctionDescriptor function, Linker.Option... options) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().find(symbol).orElseThrow(), function, options);
        }
    }

    /** Of handles that are linked late. */
    public static final class Late implements Linking {
        @Override
        public MethodHandle link(String symbol, FunctionDescriptor function, Linker.Option... options) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().find(symbol).orElseThrow(), function, options);
        }
    }

    /** Of no free at all. */
    public static final class Unfreed implements Linking {
        @Override
        public MethodHandle link(String symbol, FunctionDescriptor function, Linker.Option... options) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().find(symbol).orElseThrow(), function, options);
        }
    }
}
