// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import dev.metalloc.policy.Policy;

/** A policy in the store, and its state. */
public record StoredPolicy(Policy policy, PolicyState state) {}
