// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

/** Blocks named by their address. */
final class AddressBlocks extends Blocks {

    private static final Subject SUBJECT = Selection.addressSubject();

    private final long[] addresses;

    AddressBlocks(int count) {
        super(count);
        addresses = new long[count];
    }

    @Override
    long allocate(int place, long byteSize) {
        long address = SUBJECT.allocate(byteSize);
        if (address == 0) {
            throw refused(byteSize);
        }
        addresses[place] = address;
        return address;
    }

    @Override
    void free(int place) {
        SUBJECT.free(addresses[place]);
        addresses[place] = 0;
    }

    @Override
    boolean isEmpty(int place) {
        return addresses[place] == 0;
    }
}
