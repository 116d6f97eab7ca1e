// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;

/** The profiles of a store. Any thread, any number of processes; each operation is one transaction. */
public final class ProfileTable {

    /** Bounds what a walk over a fleet's profiles holds at once: this many times the largest profile. */
    private static final int PAGE_PROFILES = 64;

    private static final String SELECTED =
            " FROM profile WHERE app = :app AND (CAST(:version AS TEXT) IS NULL OR app_version = :version)"
                    + " AND (CAST(:role AS TEXT) IS NULL OR role = :role)";

    private final Transactions transactions;

    ProfileTable(Transactions transactions) {
        this.transactions = transactions;
    }

    /** Adds a profile; false where these very bytes are there already. */
    public boolean add(NewProfile profile) {
        return addAll(List.of(profile)) == 1;
    }

    /** Adds profiles, all or none; returns how many were not there yet. */
    public int addAll(List<NewProfile> profiles) {
        return profiles.isEmpty() ? 0 : transactions.in(handle -> insert(handle, profiles));
    }

    private static int insert(Handle handle, List<NewProfile> profiles) {
        // In one order, so that two pushes of the same profiles wait for each other instead of blocking each other.
        record Named(String sha256, NewProfile profile) {}
        List<Named> named = profiles.stream()
                .map(profile -> new Named(Sha256.of(profile.bytes()), profile))
                .sorted((a, b) -> a.sha256().compareTo(b.sha256()))
                .toList();
        long now = System.currentTimeMillis();
        try (PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO profile (app, app_version, role, recorded_millis, stored_millis, duration_nanos, host,
                                     java_version, weight, allocate_count, free_count, sha256, bytes)
                VALUES (:app, :version, :role, :recorded, :stored, :duration, :host,
                        :java, :weight, :allocations, :frees, :sha256, :bytes)
                ON CONFLICT (sha256) DO NOTHING
                """)) {
            for (Named each : named) {
                ProfileMeta meta = each.profile().meta();
                batch.bind("app", each.profile().app())
                        .bind("version", meta.labels().appVersion())
                        .bind("role", meta.labels().role())
                        .bind("recorded", meta.recordedEpochMillis())
                        .bind("stored", now)
                        .bind("duration", meta.durationNanos())
                        .bind("host", meta.host())
                        .bind("java", meta.javaVersion())
                        .bind("weight", meta.weight())
                        .bind("allocations", meta.allocateCount())
                        .bind("frees", meta.freeCount())
                        .bind("sha256", each.sha256())
                        .bind("bytes", each.profile().bytes())
                        .add();
            }
            return Arrays.stream(batch.execute()).sum();
        }
    }

    /** The application's newest profiles, at most {@code limit}, newest first. */
    public List<StoredProfile> latest(String app, int limit) {
        return transactions.in(handle -> handle.createQuery("SELECT " + Rows.PROFILE_COLUMNS
                        + " FROM profile WHERE app = :app ORDER BY recorded_millis DESC, id DESC LIMIT :limit")
                .bind("app", app)
                .bind("limit", limit)
                .map(Rows::profile)
                .list());
    }

    /** The bytes of a profile, as they were added; empty where there is no such profile. */
    public Optional<byte[]> bytes(long id) {
        return transactions.in(handle -> handle.createQuery("SELECT bytes FROM profile WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> row.getBytes("bytes"))
                .findOne());
    }

    /** Changes what a profile counts when profiles are merged; false where there is no such profile. */
    public boolean weigh(long id, double weight) {
        return transactions.in(handle -> handle.createUpdate("UPDATE profile SET weight = :weight WHERE id = :id")
                        .bind("weight", weight)
                        .bind("id", id)
                        .execute()
                == 1);
    }

    /** Removes a profile; true where there was one. */
    public boolean remove(long id) {
        return transactions.in(handle -> handle.createUpdate("DELETE FROM profile WHERE id = :id")
                        .bind("id", id)
                        .execute()
                == 1);
    }

    public long count(ProfileSelection selection) {
        return transactions.in(handle -> selected(handle, "SELECT count(*)" + SELECTED, selection)
                .mapTo(long.class)
                .one());
    }

    /** The application's profiles by version and role, the newest group first. */
    public List<ProfileGroup> groups(String app) {
        return transactions.in(handle ->
                handle.createQuery("""
                        SELECT app_version, role, count(*) AS profiles, count(DISTINCT host) AS hosts,
                               max(recorded_millis) AS newest, min(recorded_millis) AS oldest
                        FROM profile WHERE app = :app GROUP BY app_version, role
                        ORDER BY newest DESC, app_version, role
                        """).bind("app", app).map(Rows::group).list());
    }

    /**
     * Walks over the profiles that are there now, in the order they were added, page by page: what the walker holds does
     * not grow with their number, and no transaction stays open meanwhile.
     */
    public void forEach(ProfileSelection selection, Consumer<ProfileContent> visitor) {
        long last = transactions.in(handle -> selected(handle, "SELECT coalesce(max(id), 0)" + SELECTED, selection)
                .mapTo(long.class)
                .one());
        long seen = 0;
        while (seen < last) {
            List<ProfileContent> page = page(selection, seen, last);
            if (page.isEmpty()) {
                return;
            }
            page.forEach(visitor);
            seen = page.getLast().profile().id();
        }
    }

    private List<ProfileContent> page(ProfileSelection selection, long after, long last) {
        return transactions.in(handle -> selected(
                        handle,
                        "SELECT " + Rows.PROFILE_COLUMNS + ", bytes" + SELECTED
                                + " AND id > :after AND id <= :last ORDER BY id LIMIT " + PAGE_PROFILES,
                        selection)
                .bind("after", after)
                .bind("last", last)
                .map((row, context) -> new ProfileContent(Rows.profile(row, context), row.getBytes("bytes")))
                .list());
    }

    private static Query selected(Handle handle, String sql, ProfileSelection selection) {
        return handle.createQuery(sql)
                .bind("app", selection.app())
                .bind("version", selection.appVersion().orElse(null))
                .bind("role", selection.role().orElse(null));
    }

    /**
     * Removes old profiles.
     *
     * @param beforeEpochMillis recorded before this time
     * @param keepEach that many of each version and role of an application stay, whatever their age
     * @return how many were removed
     */
    public int prune(long beforeEpochMillis, int keepEach) {
        return transactions.in(
                handle -> handle.createUpdate("DELETE FROM profile WHERE id IN (" + Rows.OLD_PROFILES + ")")
                        .bind("before", beforeEpochMillis)
                        .bind("keep", keepEach)
                        .execute());
    }

    /** How many {@link #prune} would remove. */
    public int countPrunable(long beforeEpochMillis, int keepEach) {
        return transactions.in(handle -> handle.createQuery("SELECT count(*) FROM (" + Rows.OLD_PROFILES + ") AS old")
                .bind("before", beforeEpochMillis)
                .bind("keep", keepEach)
                .mapTo(int.class)
                .one());
    }
}
