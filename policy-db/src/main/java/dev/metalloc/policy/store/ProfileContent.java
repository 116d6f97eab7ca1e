// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

/** A stored profile with its bytes, as they were added. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares these
public record ProfileContent(StoredProfile profile, byte[] bytes) {}
