// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.nio.file.Path;

/** A process that ends: adds its own profiles, one that all add, and a policy. */
final class AddProfiles {

    private AddProfiles() {}

    public static void main(String[] arguments) {
        Path file = Path.of(arguments[0]);
        int count = Integer.parseInt(arguments[2]);
        for (int i = 0; i < count; i++) {
            PolicyStore store = PolicyStore.open(file);
            store.addProfile("a", PolicyStoreTest.bytes(arguments[1] + "/" + i), PolicyStoreTest.meta(i));
            store.addProfile("a", PolicyStoreTest.bytes("common"), PolicyStoreTest.meta(i));
        }
        PolicyStore.open(file).savePolicy(PolicyStoreTest.policy("a"), PolicyState.DRAFT);
    }
}
