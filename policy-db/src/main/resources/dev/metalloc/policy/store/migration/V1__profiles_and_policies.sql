-- Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
-- For SQLite and PostgreSQL; the placeholders stand for the types that have no common name.

CREATE TABLE profile (
    id                  ${id},
    app                 TEXT    NOT NULL,
    recorded_millis     BIGINT  NOT NULL,
    host                TEXT    NOT NULL,
    java_version        TEXT    NOT NULL,
    allocate_count      BIGINT  NOT NULL,
    free_count          BIGINT  NOT NULL,
    sha256              TEXT    NOT NULL UNIQUE,
    bytes               ${bytes} NOT NULL
);

CREATE INDEX profile_by_app ON profile (app, recorded_millis);

CREATE TABLE policy (
    app                 TEXT    NOT NULL,
    version             INTEGER NOT NULL,
    created_millis      BIGINT  NOT NULL,
    state               TEXT    NOT NULL CHECK (state IN ('DRAFT', 'APPROVED', 'PINNED')),
    toml                TEXT    NOT NULL,
    PRIMARY KEY (app, version)
);
