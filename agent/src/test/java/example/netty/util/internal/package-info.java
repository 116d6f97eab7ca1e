// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Where a copy of Netty would have its cleaner over malloc and free. */
@NullMarked
package example.netty.util.internal;

import org.jspecify.annotations.NullMarked;
