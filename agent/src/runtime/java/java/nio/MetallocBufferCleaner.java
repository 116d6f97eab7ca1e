// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package java.nio;

import dev.metalloc.agent.runtime.BufferOwners;
import java.lang.ref.Reference;
import jdk.internal.foreign.MetallocDirectHooks;
import jdk.internal.misc.Unsafe;
import jdk.internal.ref.Cleaner;
import jdk.internal.vm.annotation.ForceInline;

/**
 * Frees a direct buffer's memory once, when somebody says so or the buffer is garbage.
 *
 * <p>Made by one thread, ended by any. Takes the place of the JDK's cleaner and of the task in it.
 */
/* Implementation notes
 *
 * The JDK's cleaners are in one list under one lock, which two threads that allocate and free compete for. This one has a place in its
 * thread's arrays, and ends by an exchange of its address.
 *
 * The constructor of the JDK's class is private. So an instance is made without one, and the two fields are set that the constructors
 * would set and that matter: the buffer, and the queue, the same as every cleaner's, on which nothing is ever put.
 */
public final class MetallocBufferCleaner extends Cleaner {

    private static final Unsafe UNSAFE = Unsafe.getUnsafe();
    private static final long REFERENT = UNSAFE.objectFieldOffset(Reference.class, "referent");
    private static final long QUEUE = UNSAFE.objectFieldOffset(Reference.class, "queue");
    private static final long ADDRESS = UNSAFE.objectFieldOffset(MetallocBufferCleaner.class, "address");
    private static final Object CLEANERS_QUEUE = cleanersQueue();

    private Object[] owners;
    private int place;
    private int capacity;
    private long address;

    /** For the compiler alone. */
    private MetallocBufferCleaner(Object buffer) {
        super(buffer, null);
    }

    private static Object cleanersQueue() {
        Cleaner cleaner = Cleaner.create(new Object(), new Nothing());
        cleaner.clean();
        return UNSAFE.getReference(cleaner, QUEUE);
    }

    private static final class Nothing implements Runnable {
        @Override
        public void run() {}
    }

    /** The buffer's cleaner, or null where the JDK's is to be made. */
    @ForceInline
    public static Cleaner create(Object buffer, Runnable task, BufferOwners owners) {
        if (!(task instanceof DirectByteBuffer.Deallocator deallocator)
                || deallocator.size() != deallocator.capacity()) {
            return null;
        }
        MetallocBufferCleaner cleaner;
        try {
            cleaner = (MetallocBufferCleaner) UNSAFE.allocateInstance(MetallocBufferCleaner.class);
        } catch (InstantiationException e) {
            return null;
        }
        int place = owners.claim();
        cleaner.owners = owners.array();
        cleaner.place = place;
        cleaner.capacity = deallocator.capacity();
        cleaner.address = deallocator.address();
        UNSAFE.putReference(cleaner, QUEUE, CLEANERS_QUEUE);
        UNSAFE.putReference(cleaner, REFERENT, buffer);
        cleaner.owners[place] = cleaner;
        return cleaner;
    }

    @Override
    public void clean() {
        long freed = UNSAFE.getAndSetLong(this, ADDRESS, 0L);
        if (freed != 0) {
            owners[place] = null;
            MetallocDirectHooks.directFree(UNSAFE, freed);
            MetallocDirectHooks.directUnreserve(capacity, capacity);
        }
    }
}
