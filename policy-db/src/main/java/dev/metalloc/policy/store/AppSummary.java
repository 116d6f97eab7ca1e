// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

/** An application the store knows; {@code lastSeenEpochMillis} is the newest of its profiles and policies. */
public record AppSummary(String app, long profileCount, long policyCount, long lastSeenEpochMillis) {}
