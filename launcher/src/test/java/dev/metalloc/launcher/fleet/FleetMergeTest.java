// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.launcher.fleet.FleetMerge.Merged;
import dev.metalloc.launcher.known.SpooledProfile;
import dev.metalloc.policy.store.NewProfile;
import dev.metalloc.policy.store.PolicyStore;
import dev.metalloc.policy.store.ProfileLabels;
import dev.metalloc.policy.store.ProfileMeta;
import dev.metalloc.profiler.aggregate.Profiles;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetMergeTest {

    private static final ProfileLabels WEB = new ProfileLabels("1.0", "web");

    @TempDir
    Path folder;

    private final List<String> problems = new ArrayList<>();
    private PolicyStore store;

    @BeforeEach
    void open() {
        store = PolicyStore.open(folder.resolve("metalloc.db"));
    }

    @Test
    void shouldAddUpWhatEachProfileSays() throws IOException {
        List<Profile> profiles = new ArrayList<>();
        for (int i = 0; i < 75; i++) { // more than a page, and no power of two
            Profile profile =
                    SyntheticProfiles.at(SyntheticProfiles.usual("a", i), "a", SyntheticProfiles.NEWEST_MILLIS - i);
            profiles.add(profile);
            add(profile, ProfileLabels.NONE);
        }

        Merged merged = onlyGroup();

        Profile expected = Profiles.merge(profiles);
        assertEquals(expected.allocateCount(), merged.profile().allocateCount());
        assertEquals(expected.allocateBytes(), merged.profile().allocateBytes());
        assertEquals(expected.sites().size(), merged.profile().sites().size());
        assertEquals(1, Profiles.overlap(expected, merged.profile()), 1e-9);
        assertTrue(expected.heaps().isPresent());
        assertEquals(expected.heaps(), merged.profile().heaps());
        assertEquals(75, merged.profile().run().runCount());
        assertEquals(75, merged.profileCount());
        assertTrue(merged.meanOverlap() > 0.7, "alike: " + merged.meanOverlap());
    }

    @Test
    void shouldKeepVersionsAndRolesApartAndShowOutliers() throws IOException {
        for (int i = 0; i < 20; i++) {
            add(SyntheticProfiles.usual("a", i), WEB);
        }
        add(SyntheticProfiles.unusual("a", 99), WEB);
        add(SyntheticProfiles.unusual("a", 100), ProfileLabels.NONE);

        Merged web = store.profiles().groups("a").stream()
                .filter(group -> group.labels().equals(WEB))
                .flatMap(group -> merge().merge("a", group).stream())
                .findFirst()
                .orElseThrow();

        assertEquals(2, store.profiles().groups("a").size());
        assertEquals(21, web.profileCount());
        assertTrue(web.leastAlike().get(1).overlap() > web.leastAlike().get(0).overlap());
        assertEquals(
                SyntheticProfiles.unusual("a", 99).allocateCount(),
                web.leastAlike().get(0).profile().meta().allocateCount());
        assertEquals(5, web.leastAlike().size());
    }

    @Test
    void shouldLetNewerAndWeightedProfilesCountForMore() throws IOException {
        Profile small = SyntheticProfiles.usual("a", 1);
        Profile large = SyntheticProfiles.unusual("a", 2);
        add(SyntheticProfiles.at(small, "a", SyntheticProfiles.NEWEST_MILLIS), ProfileLabels.NONE);
        add(SyntheticProfiles.at(large, "a", SyntheticProfiles.daysOld(65)), ProfileLabels.NONE);

        // Two half-lives older: counts once where the newest counts four times.
        Profile merged = onlyGroup().profile();
        assertEquals(4 * count(small, EntryPoint.UNSAFE), count(merged, EntryPoint.UNSAFE));
        assertEquals(count(large, EntryPoint.DIRECT_BUFFER), count(merged, EntryPoint.DIRECT_BUFFER));
        assertEquals(2, merged.run().runCount());

        long old = store.profiles().latest("a", 2).get(1).id();
        assertTrue(store.profiles().weigh(old, 3));
        assertEquals(
                3 * count(large, EntryPoint.DIRECT_BUFFER), count(onlyGroup().profile(), EntryPoint.DIRECT_BUFFER));
    }

    @Test
    void shouldLeaveOutWhatItCannotRead() throws IOException {
        add(SyntheticProfiles.usual("a", 1), ProfileLabels.NONE);
        store.profiles()
                .add(new NewProfile(
                        "a", new byte[] {1, 2, 3}, new ProfileMeta(1, 1, "host", "25", ProfileLabels.NONE, 1, 1, 1)));

        assertEquals(1, onlyGroup().profileCount());
        assertEquals(1, problems.size());
        assertTrue(problems.get(0).endsWith("(left out)"), problems::toString);
    }

    private static long count(Profile profile, EntryPoint entryPoint) {
        return profile.entryPoint(entryPoint).orElseThrow().allocateCount();
    }

    private Merged onlyGroup() {
        return merge().merge("a", store.profiles().groups("a").getFirst()).orElseThrow();
    }

    private FleetMerge merge() {
        return new FleetMerge(store.profiles(), Duration.ofDays(30), problems::add);
    }

    private void add(Profile profile, ProfileLabels labels) throws IOException {
        byte[] bytes = SyntheticProfiles.bytes(profile, folder.resolve("x.mprof"));
        assertTrue(store.profiles().add(new SpooledProfile().read(bytes, labels)));
    }
}
