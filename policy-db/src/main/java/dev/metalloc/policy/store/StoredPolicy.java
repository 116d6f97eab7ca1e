// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import dev.metalloc.policy.Policy;

/**
 * A policy in the store.
 *
 * @param sharePercent how many of a hundred instances use it
 * @param withdrawn taken back: nobody uses it
 */
public record StoredPolicy(Policy policy, PolicyState state, int sharePercent, boolean withdrawn) {}
