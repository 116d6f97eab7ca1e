// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.debug.CheckingAllocator;
import dev.metalloc.allocators.source.ChunkSource;
import java.util.Map;
import org.junit.jupiter.api.Nested;

/** Runs the contract over each allocator and each layer. */
class AllocatorContractTest {

    @Nested
    class SlabTest extends OffHeapAllocatorContract {
        @Override
        OffHeapAllocator create(ChunkSource chunkSource) {
            return Allocators.create(AllocatorSpec.of("slab"), chunkSource);
        }
    }

    @Nested
    class SlabWithLargeSlabsTest extends OffHeapAllocatorContract {
        @Override
        OffHeapAllocator create(ChunkSource chunkSource) {
            Map<String, String> parameters =
                    Map.of("classes", "24,100,256,1000,4096,5120,8192,40000,65536", "slabBytes", "131072");
            return Allocators.create(new AllocatorSpec("slab", parameters), chunkSource);
        }
    }

    @Nested
    class SegregatedTest extends OffHeapAllocatorContract {
        @Override
        OffHeapAllocator create(ChunkSource chunkSource) {
            return Allocators.create(new AllocatorSpec("segregated", Map.of("lock", "false")), chunkSource);
        }
    }

    @Nested
    class SegregatedWithoutQuickListsTest extends OffHeapAllocatorContract {
        @Override
        OffHeapAllocator create(ChunkSource chunkSource) {
            return Allocators.create(new AllocatorSpec("segregated", Map.of("quickBytes", "0")), chunkSource);
        }
    }

    @Nested
    class BuddyTest extends OffHeapAllocatorContract {
        @Override
        OffHeapAllocator create(ChunkSource chunkSource) {
            return Allocators.create(new AllocatorSpec("buddy", Map.of("lock", "false")), chunkSource);
        }
    }

    @Nested
    class BuddyWithoutQuickListsTest extends OffHeapAllocatorContract {
        @Override
        OffHeapAllocator create(ChunkSource chunkSource) {
            Map<String, String> parameters = Map.of("quickBytes", "0", "minBlockBytes", "16", "chunkBytes", "1048576");
            return Allocators.create(new AllocatorSpec("buddy", parameters), chunkSource);
        }
    }

    @Nested
    class BumpTest extends OffHeapAllocatorContract {
        @Override
        OffHeapAllocator create(ChunkSource chunkSource) {
            return Allocators.create(new AllocatorSpec("bump", Map.of("lock", "false")), chunkSource);
        }
    }

    @Nested
    class LockedBumpOfSmallChunksTest extends OffHeapAllocatorContract {
        @Override
        OffHeapAllocator create(ChunkSource chunkSource) {
            return Allocators.create(new AllocatorSpec("bump", Map.of("chunkBytes", "65536")), chunkSource);
        }
    }

    @Nested
    class CompositeTest extends OffHeapAllocatorContract {
        @Override
        OffHeapAllocator create(ChunkSource chunkSource) {
            Map<String, String> parameters =
                    Map.of("parts", "slab,segregated", "limits", "1024", "0.classes", "16,48,128,512,1024");
            return Allocators.create(new AllocatorSpec("composite", parameters), chunkSource);
        }
    }

    @Nested
    class CompositeOfFourTest extends OffHeapAllocatorContract {
        @Override
        OffHeapAllocator create(ChunkSource chunkSource) {
            Map<String, String> parameters =
                    Map.of("parts", "bump, slab, buddy, segregated", "limits", "64, 4096, 100000");
            return Allocators.create(new AllocatorSpec("composite", parameters), chunkSource);
        }
    }

    @Nested
    class CheckingSlabTest extends OffHeapAllocatorContract {
        @Override
        OffHeapAllocator create(ChunkSource chunkSource) {
            return new CheckingAllocator(Allocators.create(AllocatorSpec.of("slab"), chunkSource));
        }
    }

    @Nested
    class CheckingSegregatedTest extends OffHeapAllocatorContract {
        @Override
        OffHeapAllocator create(ChunkSource chunkSource) {
            return new CheckingAllocator(Allocators.create(AllocatorSpec.of("segregated"), chunkSource));
        }
    }

    @Nested
    class SystemTest extends OffHeapAllocatorContract {
        @Override
        OffHeapAllocator create(ChunkSource chunkSource) {
            return Allocators.create(AllocatorSpec.of("system"), chunkSource);
        }

        @Override
        boolean keepsRecords() {
            return false;
        }
    }
}
