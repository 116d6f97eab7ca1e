// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import dev.metalloc.allocators.api.Flag;

/**
 * A flag a profile raised.
 *
 * @param strength 0..1
 * @param evidence the numbers behind it, one phrase
 */
public record FlagEvidence(Flag flag, double strength, String evidence) {}
