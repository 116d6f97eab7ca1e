// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package org.apache.arrow.memory;

import java.lang.foreign.MetallocArrowBuffers;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

/**
 * Arrow's default factory where a plan serves its buffers: memory of the plan's sizes from blocks of its own, all other from the factory that
 * Arrow had chosen.
 */
final class MetallocAllocationManagerFactory implements AllocationManager.Factory {

    private final AllocationManager.Factory chosen;

    /**
     * Goes over a choice.
     *
     * @param chosen Arrow's own choice; as an object, for whoever defines this class cannot name its type
     * @throws NoSuchMethodException where this Arrow asks for other methods than those that are here, which nothing else would tell before
     *     the application met it
     */
    MetallocAllocationManagerFactory(Object chosen) throws NoSuchMethodException {
        this.chosen = (AllocationManager.Factory) chosen;
        AllocationManager.class.getDeclaredConstructor(BufferAllocator.class);
        requireAll(AllocationManager.class.getDeclaredMethods(), MetallocAllocationManager.class);
        requireAll(AllocationManager.Factory.class.getMethods(), MetallocAllocationManagerFactory.class);
    }

    private static void requireAll(Method[] declared, Class<?> type) throws NoSuchMethodException {
        for (Method method : declared) {
            if (Modifier.isAbstract(method.getModifiers())) {
                type.getDeclaredMethod(method.getName(), method.getParameterTypes());
            }
        }
    }

    @Override
    public AllocationManager create(BufferAllocator accounting, long byteSize) {
        if (MetallocArrowBuffers.serves(byteSize)) {
            AllocationManager block = MetallocAllocationManager.of(accounting, byteSize);
            if (block != null) {
                return block;
            }
        }
        return chosen.create(accounting, byteSize);
    }

    @Override
    public ArrowBuf empty() {
        return chosen.empty();
    }

    @Override
    public String toString() {
        return "MetallocAllocationManagerFactory(over " + chosen + ")";
    }
}
