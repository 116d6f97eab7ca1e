-- Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
-- Names and types that PostgreSQL takes as well, but for the blob.

CREATE TABLE profile (
    id                  INTEGER PRIMARY KEY,
    app                 TEXT    NOT NULL,
    recorded_millis     INTEGER NOT NULL,
    host                TEXT    NOT NULL,
    java_version        TEXT    NOT NULL,
    allocate_count      INTEGER NOT NULL,
    free_count          INTEGER NOT NULL,
    sha256              TEXT    NOT NULL UNIQUE,
    bytes               BLOB    NOT NULL
);

CREATE INDEX profile_by_app ON profile (app, recorded_millis);

CREATE TABLE policy (
    app                 TEXT    NOT NULL,
    version             INTEGER NOT NULL,
    created_millis      INTEGER NOT NULL,
    state               TEXT    NOT NULL CHECK (state IN ('DRAFT', 'APPROVED', 'PINNED')),
    toml                TEXT    NOT NULL,
    PRIMARY KEY (app, version)
);

-- Read at every opening instead of asking the migration library, which takes over a second to start.
PRAGMA user_version = 1;
