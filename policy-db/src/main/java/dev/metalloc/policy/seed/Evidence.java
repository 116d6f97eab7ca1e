// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

/**
 * Where a seed's claim comes from.
 *
 * @param claim one sentence
 * @param link where it can be read; a place in this project's documents where we measured it ourselves
 * @param date when it was read or measured, as {@code 2026-01-31} or {@code 2026-01}
 * @param by who measured or stated it
 */
public record Evidence(String claim, String link, String date, String by) {}
