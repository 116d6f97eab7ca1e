// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.layout.SlowPath;
import dev.metalloc.allocators.source.OffHeapMemory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Several confined allocators of one kind, each with a lock: threads that meet at one go apart.
 *
 * <p>Any thread. There is one part as long as threads do not wait for each other, so what never meets pays for no second one, in
 * memory nor in fragments. A block is freed where it came from, whoever frees it. {@link #owns} and {@link #traits} take no lock. Source: the
 * arenas of ptmalloc (Gloger), which grow in number the same way.
 */
/* Implementation notes
 *
 * A table says by the low bits of a thread's id where it allocates. It is read and written without order: all that an old entry does
 * is to send a thread where it was before, which is never wrong. So no state belongs to a thread, and nothing is left of a dead one.
 *
 * As long as there is one part its fields are constants to the compiler, where the allocator is one. Parts are added under a lock and
 * published by a volatile store of the array of all. A block's part is known by its address: most often it is the caller's own, which
 * is asked first.
 *
 * Invariants: those of each part
 */
public final class StripedAllocator implements OffHeapAllocator {

    private static final int HOME_MASK = 0xff;
    private static final int MOST_STRIPES = 32;

    private final StripeMaker maker;
    private final int mostStripes;
    private final AllocatorTraits traits;
    private final SpinLock makingLock = new SpinLock();
    private final Stripe firstStripe;
    private final OffHeapAllocator first;
    private final BiasedLock firstLock;
    private final Stripe[] homes = new Stripe[HOME_MASK + 1];
    private volatile Stripe[] stripes;
    /** Whether there is a second part. */
    private boolean isSplit;

    /**
     * @param maker makes each part; must not hand out one twice
     * @param mostStripes how many parts there may be; as many as threads that run at the same time do some good, up to 32
     */
    public StripedAllocator(StripeMaker maker, int mostStripes) {
        this.maker = maker;
        this.mostStripes = Math.min(mostStripes, MOST_STRIPES);
        firstStripe = new Stripe(maker.make(0));
        first = firstStripe.allocator;
        firstLock = firstStripe.lock;
        stripes = new Stripe[] {firstStripe};
        Arrays.fill(homes, firstStripe);
        traits = first.traits().shared(mostStripes == 1 ? ThreadModel.LOCKED : ThreadModel.STRIPED, 0);
    }

    private Stripe home() {
        return homes[(int) OwnerThread.currentId() & HOME_MASK];
    }

    /** Another part than a crowded one: one that nobody has to himself, a new one, else simply the next, whose owner may be long gone. */
    private Stripe another(Stripe crowded) {
        Stripe[] all = stripes;
        for (Stripe stripe : all) {
            // Whoever is in the crowded one may have left it for a moment.
            if (stripe != crowded && stripe.lock.isIdle()) {
                return stripe;
            }
        }
        Stripe made = add();
        return made == null ? all[(Arrays.asList(all).indexOf(crowded) + 1) % all.length] : made;
    }

    /** One more part; null where there may be no more. */
    @SlowPath
    private @Nullable Stripe add() {
        if (stripes.length >= mostStripes) {
            return null;
        }
        makingLock.lock();
        try {
            Stripe[] known = stripes;
            if (known.length >= mostStripes) {
                return null;
            }
            Stripe made = new Stripe(maker.make(known.length));
            Stripe[] more = Arrays.copyOf(known, known.length + 1);
            more[known.length] = made;
            isSplit = true;
            stripes = more;
            return made;
        } catch (OutOfMemoryError | StackOverflowError e) {
            // The heap is the application's: without another part threads wait.
            return null;
        } finally {
            makingLock.unlock();
        }
    }

    @Override
    public long allocate(long byteSize, long byteAlignment) {
        Door door = isSplit ? null : firstLock.tryLock();
        if (door == null) {
            return allocateAtHome(byteSize, byteAlignment, false);
        }
        long address;
        try {
            firstStripe.lookForLeft();
            address = first.allocate(byteSize, byteAlignment);
        } finally {
            door.open();
        }
        return address != NULL ? address : allocateAnywhere(byteSize, byteAlignment, false);
    }

    @Override
    public long allocateZeroed(long byteSize, long byteAlignment) {
        Door door = isSplit ? null : firstLock.tryLock();
        if (door == null) {
            return allocateAtHome(byteSize, byteAlignment, true);
        }
        long address;
        try {
            firstStripe.lookForLeft();
            address = first.allocateZeroed(byteSize, byteAlignment);
        } finally {
            door.open();
        }
        return address != NULL ? address : allocateAnywhere(byteSize, byteAlignment, true);
    }

    private long allocateAtHome(long byteSize, long byteAlignment, boolean zeroed) {
        Stripe home = home();
        Door door = home.lock.tryLock();
        if (door == null) {
            home = chooseHome(home);
            door = home.lock.lock();
        }
        long address;
        try {
            home.lookForLeft();
            address = home.allocate(byteSize, byteAlignment, zeroed);
        } finally {
            door.open();
        }
        return address != NULL ? address : allocateAnywhere(byteSize, byteAlignment, zeroed);
    }

    /** Where the caller allocates from now on, having found another thread where it did. */
    private Stripe chooseHome(Stripe taken) {
        if (!taken.isCrowded(System.nanoTime())) {
            return taken;
        }
        Stripe chosen = another(taken);
        homes[(int) OwnerThread.currentId() & HOME_MASK] = chosen;
        return chosen;
    }

    /** Where the part that was asked has no room, unless what is asked for is served nowhere. */
    @SlowPath
    private long allocateAnywhere(long byteSize, long byteAlignment, boolean zeroed) {
        boolean isServed = Long.compareUnsigned(byteSize, traits.maxByteSize()) <= 0
                && byteAlignment <= traits.maxByteAlignment()
                && (byteAlignment <= MIN_ALIGNMENT || Sizes.isPowerOfTwo(byteAlignment));
        if (!isServed) {
            return NULL;
        }
        for (Stripe stripe : stripes) {
            Door door = stripe.enter();
            try {
                long address = stripe.allocate(byteSize, byteAlignment, zeroed);
                if (address != NULL) {
                    return address;
                }
            } finally {
                door.open();
            }
        }
        return NULL;
    }

    @Override
    public FreeOutcome free(long address) {
        // Who has a block of another part sees that there is one: it was made before the block.
        if (isSplit) {
            return stripeOf(address).free(address);
        }
        Door door = firstLock.tryVisit();
        if (door == null) {
            return firstStripe.freeFromOutside(address);
        }
        try {
            return first.free(address);
        } finally {
            door.open();
        }
    }

    /** The part that owns an address, else the first. */
    private Stripe stripeOf(long address) {
        Stripe home = home();
        return home.allocator.owns(address) ? home : otherStripeOf(address);
    }

    private Stripe otherStripeOf(long address) {
        Stripe[] all = stripes;
        for (Stripe stripe : all) {
            if (stripe.allocator.owns(address)) {
                return stripe;
            }
        }
        return all[0];
    }

    @Override
    public long reallocate(long address, long byteSize) {
        Stripe stripe = stripeOf(address);
        long usable;
        Door door = stripe.enter();
        try {
            long moved = stripe.allocator.reallocate(address, byteSize);
            if (moved != NULL) {
                return moved;
            }
            usable = stripe.allocator.usableSize(address);
        } finally {
            door.open();
        }
        return usable < 0 ? NULL : moveAnywhere(address, usable, byteSize);
    }

    /** Where the part that has the block has no room. */
    @SlowPath
    private long moveAnywhere(long address, long usable, long byteSize) {
        long moved = allocateAnywhere(byteSize, MIN_ALIGNMENT, false);
        if (moved != NULL) {
            OffHeapMemory.copy(address, moved, Math.min(usable, byteSize));
            free(address);
        }
        return moved;
    }

    @Override
    public boolean owns(long address) {
        for (Stripe stripe : stripes) {
            if (stripe.allocator.owns(address)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public long usableSize(long address) {
        Stripe stripe = stripeOf(address);
        Door door = stripe.enter();
        try {
            return stripe.allocator.usableSize(address);
        } finally {
            door.open();
        }
    }

    @Override
    public AllocatorTraits traits() {
        return traits;
    }

    /** The sum of the parts'; exact where no other thread is inside the allocator. */
    @Override
    public AllocatorStats stats() {
        Stripe[] all = stripes;
        AllocatorStats sum = stats(all[0]);
        for (int i = 1; i < all.length; i++) {
            sum = sum.plus(stats(all[i]));
        }
        return sum;
    }

    private static AllocatorStats stats(Stripe stripe) {
        Door door = stripe.enter();
        try {
            return stripe.allocator.stats().plusMetadata(stripe.heldBytes());
        } finally {
            door.open();
        }
    }

    /** The parts there are by now, in the order of their making. */
    Stripe[] stripes() {
        return stripes.clone();
    }

    @Override
    public long purge() {
        long bytes = 0;
        for (Stripe stripe : stripes) {
            Door door = stripe.enter();
            try {
                bytes += stripe.allocator.purge();
            } finally {
                door.open();
            }
        }
        return bytes;
    }

    @Override
    public void validate() {
        for (Stripe stripe : stripes) {
            Door door = stripe.enter();
            try {
                stripe.allocator.validate();
            } finally {
                door.open();
            }
        }
    }

    @Override
    public void close() {
        for (Stripe stripe : stripes) {
            Door door = stripe.enter();
            try {
                stripe.allocator.close();
            } finally {
                door.open();
            }
        }
    }
}
