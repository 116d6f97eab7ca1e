// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkingClassTest {

    @ParameterizedTest
    @CsvSource({
        "io.netty.util.internal.CleanerJava24Linker, true",
        "io.netty.util.internal.CleanerJava24Linker$Holder, true",
        "io.grpc.netty.shaded.io.netty.util.internal.CleanerJava24Linker, true",
        "netty.util.internal.CleanerJava24Linker, true",
        "odd$package.io.netty.util.internal.CleanerJava24Linker$Holder, true",
        "io.mynetty.util.internal.CleanerJava24Linker, false",
        "io.netty.util.internal.CleanerJava25, false",
        "io.netty.util.internal.CleanerJava24Linkers, false",
        "io.netty.util.internal.PlatformDependent$CleanerJava24Linker, false",
        "io.netty.util.CleanerJava24Linker, false",
        "CleanerJava24Linker, false",
        "org.infinispan.commons.jdkspecific.UnsafeMemoryAddressOffHeapMemory, true",
        "shaded.org.infinispan.commons.jdkspecific.UnsafeMemoryAddressOffHeapMemory$Holder, true",
        "org.myinfinispan.commons.jdkspecific.UnsafeMemoryAddressOffHeapMemory, false",
        "org.infinispan.commons.jdkspecific.UnsafeOffHeapMemory, false",
        "org.lwjgl.system.libc.LibCStdlib, false",
    })
    void shouldKnowByNameWhoKeepsItsBlocks(String className, boolean keeps) {
        assertEquals(keeps, LinkingClass.keepsBlocks(className));
    }
}
