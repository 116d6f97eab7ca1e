// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyFormatException;
import dev.metalloc.policy.PolicyToml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * Profiles and policies of all applications, in one SQLite file.
 *
 * <p>Any thread, and any number of processes at once: each operation is one transaction. Holds no connection between
 * operations, so there is nothing to close. Every operation throws {@link PolicyStoreException} where the file cannot be
 * used; a damaged file is never overwritten.
 */
public final class PolicyStore {

    // Many JVMs may end at once, each adding its profile; SQLite lets them in one by one.
    private static final int BUSY_TIMEOUT_MILLIS = 10_000;

    private final Path file;
    private final Jdbi jdbi;

    private PolicyStore(Path file, DataSource source) {
        this.file = file;
        this.jdbi = Jdbi.create(source);
    }

    /** Opens the store, creating the file and its folder where there are none. */
    public static PolicyStore open(Path file) {
        DataSource source = dataSource(file);
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            int version = Schema.version(source);
            if (version > Schema.VERSION) {
                throw StoreProblem.newer(file, version);
            }
            if (version < Schema.VERSION) {
                Schema.migrate(file, source);
            }
        } catch (IOException | SQLException | FlywayException e) {
            throw StoreProblem.of(file, e);
        }
        return new PolicyStore(file, source);
    }

    private static DataSource dataSource(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        // Taking the write lock at the start: a transaction that reads first could not wait for it later.
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
        return source;
    }

    /**
     * Adds a profile.
     *
     * @param bytes the profile file as it is
     * @return true where it was added, false where these very bytes are there already
     */
    public boolean addProfile(String app, byte[] bytes, ProfileMeta meta) {
        String sha256 = Sha256.of(bytes);
        return in(handle -> handle.createUpdate("""
                                INSERT INTO profile (app, recorded_millis, host, java_version, allocate_count, free_count,
                                                     sha256, bytes)
                                VALUES (:app, :recorded, :host, :java, :allocations, :frees, :sha256, :bytes)
                                ON CONFLICT (sha256) DO NOTHING
                                """)
                        .bind("app", app)
                        .bind("recorded", meta.recordedEpochMillis())
                        .bind("host", meta.host())
                        .bind("java", meta.javaVersion())
                        .bind("allocations", meta.allocateCount())
                        .bind("frees", meta.freeCount())
                        .bind("sha256", sha256)
                        .bind("bytes", bytes)
                        .execute()
                == 1);
    }

    /** The application's profiles, newest first. */
    public List<StoredProfile> profiles(String app) {
        return latestProfiles(app, Integer.MAX_VALUE);
    }

    /** The application's newest profiles, at most {@code limit}, newest first. */
    public List<StoredProfile> latestProfiles(String app, int limit) {
        return in(handle -> handle.createQuery("SELECT " + Rows.PROFILE_COLUMNS
                        + " FROM profile WHERE app = :app ORDER BY recorded_millis DESC, id DESC LIMIT :limit")
                .bind("app", app)
                .bind("limit", limit)
                .map(Rows::profile)
                .list());
    }

    /** The bytes of a profile, as they were added; empty where there is no such profile. */
    public Optional<byte[]> profileBytes(long id) {
        return in(handle -> handle.createQuery("SELECT bytes FROM profile WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> row.getBytes("bytes"))
                .findOne());
    }

    /** Removes a profile; true where there was one. */
    public boolean removeProfile(long id) {
        return in(handle -> handle.createUpdate("DELETE FROM profile WHERE id = :id")
                        .bind("id", id)
                        .execute()
                == 1);
    }

    /**
     * Stores a policy as the application's next version.
     *
     * @return the policy with the version it got
     */
    public Policy savePolicy(Policy policy, PolicyState state) {
        return in(handle -> {
            int version = handle.createQuery("SELECT coalesce(max(version), 0) + 1 FROM policy WHERE app = :app")
                    .bind("app", policy.app())
                    .mapTo(int.class)
                    .one();
            Policy saved = policy.withVersion(version);
            handle.createUpdate("""
                            INSERT INTO policy (app, version, created_millis, state, toml)
                            VALUES (:app, :version, :created, :state, :toml)
                            """)
                    .bind("app", saved.app())
                    .bind("version", version)
                    .bind("created", saved.createdEpochMillis())
                    .bind("state", state.name())
                    .bind("toml", PolicyToml.write(saved))
                    .execute();
            return saved;
        });
    }

    /** The policy to use: the newest pinned one, else the newest. */
    public Optional<StoredPolicy> latestPolicy(String app) {
        return policies(
                        app,
                        "SELECT state, toml FROM policy WHERE app = :app"
                                + " ORDER BY state = 'PINNED' DESC, version DESC LIMIT 1")
                .stream()
                .findFirst();
    }

    /** All policies of the application, newest first. */
    public List<StoredPolicy> policies(String app) {
        return policies(app, "SELECT state, toml FROM policy WHERE app = :app ORDER BY version DESC");
    }

    private List<StoredPolicy> policies(String app, String query) {
        return in(handle -> handle.createQuery(query)
                .bind("app", app)
                .map((row, context) -> new StoredPolicy(
                        parse(row.getString("toml"), app), PolicyState.valueOf(row.getString("state"))))
                .list());
    }

    private Policy parse(String toml, String app) {
        try {
            return PolicyToml.parse(toml, file + ": policy of " + app);
        } catch (PolicyFormatException e) {
            throw new PolicyStoreException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Changes the state of a stored policy; false where there is no such policy. */
    public boolean setState(String app, int version, PolicyState state) {
        return in(handle ->
                handle.createUpdate("UPDATE policy SET state = :state WHERE app = :app AND version = :version")
                                .bind("state", state.name())
                                .bind("app", app)
                                .bind("version", version)
                                .execute()
                        == 1);
    }

    /** All applications, the last seen first. */
    public List<AppSummary> list() {
        return in(handle -> handle.createQuery(Rows.SUMMARIES + " ORDER BY last_seen DESC, app")
                .map(Rows::summary)
                .list());
    }

    /** One application, where the store knows it. */
    public Optional<AppSummary> show(String app) {
        return list().stream().filter(summary -> summary.app().equals(app)).findFirst();
    }

    public Path file() {
        return file;
    }

    private <T> T in(Function<Handle, T> work) {
        try {
            return jdbi.<T, RuntimeException>inTransaction(work::apply);
        } catch (JdbiException e) {
            throw StoreProblem.of(file, e);
        }
    }
}
