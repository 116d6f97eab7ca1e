// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0

/** Applications that know nothing of Metalloc: the tests run them in child JVMs with and without the agent. */
@NullMarked
package example.app;

import org.jspecify.annotations.NullMarked;
