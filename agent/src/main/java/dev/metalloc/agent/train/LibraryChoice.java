// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

import java.util.ArrayList;
import java.util.List;

/** Where a library chooses what allocates its buffers where the application names nothing, and what may stand in its place. */
public final class LibraryChoice {

    public static final LibraryChoice NETTY = new LibraryChoice(
            "io/netty/buffer/",
            "ByteBufUtil",
            "DEFAULT_ALLOCATOR",
            "ByteBufAllocator",
            "MetallocNettyBuffers",
            "MetallocBlock",
            "MetallocByteBuf",
            "MetallocByteBufAllocator");

    public static final LibraryChoice ARROW = new LibraryChoice(
            "org/apache/arrow/memory/",
            "DefaultAllocationManagerOption",
            "DEFAULT_ALLOCATION_MANAGER_FACTORY",
            "AllocationManager$Factory",
            "MetallocArrowBuffers",
            "MetallocAllocationManager",
            "MetallocAllocationManagerFactory");

    private final String chooser;
    private final String field;
    private final String type;
    private final String runtime;
    private final List<String> classes;

    /** @param classes to be defined beside the library's own, each after those it uses; the last one goes over the choice */
    private LibraryChoice(String folder, String chooser, String field, String type, String runtime, String... classes) {
        this.chooser = folder + chooser;
        this.field = field;
        this.type = folder + type;
        this.runtime = "java/lang/foreign/" + runtime;
        List<String> names = new ArrayList<>();
        for (String name : classes) {
            names.add(folder + name);
        }
        this.classes = List.copyOf(names);
    }

    /** The class that chooses. */
    public String chooser() {
        return chooser;
    }

    /** Names, with slashes, of what is defined beside the library's own classes, in that order. */
    public List<String> classes() {
        return classes;
    }

    /** Where the choice is kept. */
    String field() {
        return field;
    }

    /** What is chosen. */
    String type() {
        return type;
    }

    /** What the choice is passed through. */
    String runtime() {
        return runtime;
    }
}
