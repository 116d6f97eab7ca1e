// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import dev.metalloc.profiler.api.EntryPoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sites that a plan tells apart, by the numbers that their calls were given. Immutable; any thread. */
public final class ServedSites {

    private final List<ServedSite> sites;
    private final @Nullable ServedSite[] unsafe;
    private final @Nullable ServedSite[] directBuffer;
    private final @Nullable ServedSite[] sharedArena;
    private final @Nullable ServedSite[] confinedArena;
    private final ServedEntry[] entries;

    /**
     * @param numbers of each site's method; sites of several entry points may share one
     * @param most the largest number
     */
    public ServedSites(List<ServedSite> sites, int[] numbers, int most) {
        this.sites = List.copyOf(sites);
        this.unsafe = new ServedSite[most + 1];
        this.directBuffer = new ServedSite[most + 1];
        this.sharedArena = new ServedSite[most + 1];
        this.confinedArena = new ServedSite[most + 1];
        int count = 0;
        for (int i = 0; i < numbers.length; i++) {
            ServedSite site = sites.get(i);
            ofEntryPoint(site.entryPoint())[numbers[i]] = site;
            count += site.entry() == null ? 0 : 1;
        }
        this.entries = new ServedEntry[count];
        for (ServedSite site : sites) {
            ServedEntry entry = site.entry();
            if (entry != null) {
                entries[--count] = entry;
            }
        }
    }

    /** Sites by number; null where a number has none of this entry point. */
    public @Nullable ServedSite[] ofEntryPoint(EntryPoint entryPoint) {
        if (entryPoint == EntryPoint.UNSAFE) {
            return unsafe;
        }
        if (entryPoint == EntryPoint.DIRECT_BUFFER) {
            return directBuffer;
        }
        return entryPoint == EntryPoint.ARENA_SHARED ? sharedArena : confinedArena;
    }

    public List<ServedSite> sites() {
        return sites;
    }

    /** The sites' own entry with this number, from 0, or null beyond the last. */
    public @Nullable ServedEntry entry(int number) {
        return number < entries.length ? entries[number] : null;
    }

    /** The sites' own entry that has this address, or null. */
    public @Nullable ServedEntry owner(long address) {
        for (ServedEntry entry : entries) {
            if (entry.owns(address)) {
                return entry;
            }
        }
        return null;
    }

    /** The site that the entry belongs to, or null. */
    @Nullable
    ServedSite siteOf(ServedEntry entry) {
        for (ServedSite site : sites) {
            if (site.entry() == entry) {
                return site;
            }
        }
        return null;
    }
}
