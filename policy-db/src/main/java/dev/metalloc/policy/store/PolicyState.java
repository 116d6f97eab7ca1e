// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

/** How far a policy may be used. */
public enum PolicyState {
    /** Made by the classifier, looked at by nobody. */
    DRAFT,
    /** Looked at and accepted. */
    APPROVED,
    /** Accepted, and newer ones do not take its place. */
    PINNED
}
