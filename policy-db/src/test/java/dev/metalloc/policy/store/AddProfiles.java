// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

/**
 * A process that ends: adds its own profiles, and one that all add, prints each that is stored, and adds a policy.
 *
 * <p>Arguments: the store's URL, this process's name, how many.
 */
final class AddProfiles {

    private AddProfiles() {}

    public static void main(String[] arguments) {
        StoreLocation location = StoreLocation.ofUrl(arguments[0]);
        int count = Integer.parseInt(arguments[2]);
        for (int i = 0; i < count; i++) {
            String name = arguments[1] + "/" + i;
            ProfileTable profiles = PolicyStore.open(location).profiles();
            profiles.add(TestRecords.profile("a", name, i));
            profiles.add(TestRecords.profile("a", "common", i));
            System.out.println(name);
        }
        PolicyStore.open(location).policies().save(TestRecords.policy("a"), PolicyState.DRAFT);
    }
}
