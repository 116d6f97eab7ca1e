-- Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
-- What one machine measured is used by all with the same CPU.

ALTER TABLE calibration RENAME COLUMN host TO cpu;
