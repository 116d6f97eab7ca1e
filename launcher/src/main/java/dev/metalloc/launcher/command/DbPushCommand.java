// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.known.SpooledProfile;
import dev.metalloc.launcher.known.StorePlace;
import dev.metalloc.policy.store.PolicyStore;
import dev.metalloc.policy.store.Spool;
import picocli.CommandLine.Command;

/** {@code db push}: delivers what waits in the spool. */
@Command(name = "push", description = "Deliver the profiles that wait in the spool, each once.")
public final class DbPushCommand implements Runnable {

    private final Surroundings surroundings;

    public DbPushCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        MetallocHome home = MetallocHome.of(surroundings).prepared();
        PolicyStore store = PolicyStore.open(StorePlace.of(surroundings));
        Spool.Sweep sweep = new Spool(home.spool(), new SpooledProfile()).sweep(store);
        sweep.problems().forEach(surroundings::tell);
        surroundings
                .out()
                .println("delivered " + sweep.storedCount() + ", known already " + sweep.knownCount() + ", to "
                        + store.name());
    }
}
