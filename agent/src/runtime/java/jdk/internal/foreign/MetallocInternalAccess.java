// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import dev.metalloc.agent.runtime.DirectLedgers;
import dev.metalloc.agent.runtime.JdkAccess;
import jdk.internal.access.SharedSecrets;
import jdk.internal.misc.Unsafe;
import jdk.internal.misc.VM;

/** Reaches the JDK's internals from java.base. */
final class MetallocInternalAccess extends JdkAccess {

    /** Slots 0 to 2 are the JDK's: console, application hooks, files to delete. */
    private static final int EXIT_SLOT = 5;

    static {
        JdkAccess.known = new MetallocInternalAccess();
    }

    private MetallocInternalAccess() {}

    @Override
    public void defineClass(String internalName, byte[] classFile) {
        Unsafe.getUnsafe().defineClass(internalName, classFile, 0, classFile.length, null, null);
    }

    @Override
    public void afterApplicationHooks(Runnable work) {
        SharedSecrets.getJavaLangAccess().registerShutdownHook(EXIT_SLOT, true, work);
    }

    @Override
    public DirectLedgers directLedgers() {
        return MetallocBitsMemory.ledgers();
    }

    @Override
    public String[] virtualMachineArguments() {
        return VM.getRuntimeArguments();
    }
}
