// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

/**
 * The profiles of one application that share their labels.
 *
 * @param hostCount machines they came from
 * @param newestEpochMillis start of the newest run
 * @param oldestEpochMillis start of the oldest run
 */
public record ProfileGroup(
        ProfileLabels labels, long profileCount, long hostCount, long newestEpochMillis, long oldestEpochMillis) {}
