// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** A Netty server and its client over loopback. */
@NullMarked
package dev.metalloc.bench.workload.netty;

import org.jspecify.annotations.NullMarked;
