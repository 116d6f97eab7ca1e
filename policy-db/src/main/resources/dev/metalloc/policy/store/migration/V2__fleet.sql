-- Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
-- Profiles by version and role of the instance, roll-out of policies, calibrations.

ALTER TABLE profile ADD COLUMN app_version TEXT NOT NULL DEFAULT '';
ALTER TABLE profile ADD COLUMN role TEXT NOT NULL DEFAULT '';
ALTER TABLE profile ADD COLUMN duration_nanos BIGINT NOT NULL DEFAULT 0;
ALTER TABLE profile ADD COLUMN stored_millis BIGINT NOT NULL DEFAULT 0;
ALTER TABLE profile ADD COLUMN weight DOUBLE PRECISION NOT NULL DEFAULT 1;

-- Walks over one application's profiles page by page.
CREATE INDEX profile_by_app_and_id ON profile (app, id);

ALTER TABLE policy ADD COLUMN share_percent INTEGER NOT NULL DEFAULT 100 CHECK (share_percent BETWEEN 0 AND 100);
ALTER TABLE policy ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1));

CREATE TABLE calibration (
    host                TEXT    NOT NULL,
    java_version        TEXT    NOT NULL,
    measured_millis     BIGINT  NOT NULL,
    text                TEXT    NOT NULL,
    PRIMARY KEY (host, java_version)
);
