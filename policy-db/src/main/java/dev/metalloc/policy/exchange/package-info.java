// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/**
 * Profiles and policies in one signed file, to take from one store to another.
 *
 * <p>A bundle is a ZIP file that is only ever read as a stream: {@code manifest.json} names every content by its checksum
 * and size, {@code signature} (Ed25519) covers the manifest, then come the contents in the manifest's order. Nothing is
 * unpacked to a path, and no name in it is used for anything but comparing.
 */
@NullMarked
package dev.metalloc.policy.exchange;

import org.jspecify.annotations.NullMarked;
