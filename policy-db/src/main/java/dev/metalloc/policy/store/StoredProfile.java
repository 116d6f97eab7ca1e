// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

/**
 * A profile in the store; its bytes are fetched apart.
 *
 * @param id names it in this store
 * @param sha256 of the bytes, 64 hexadecimal digits
 * @param byteSize of the bytes
 */
public record StoredProfile(long id, String app, ProfileMeta meta, String sha256, long byteSize) {}
